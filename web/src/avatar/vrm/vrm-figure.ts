/**
 * Moves a VRM avatar by a pose: lips, expressions, lids, eyes, and the bones of head and arms.
 *
 * Owns what each part of the pose means for an avatar that somebody else made; what the avatar does not have is left out.
 */
import type { VRM } from '@pixiv/three-vrm';
import { Box3, Vector3 } from 'three';
import type { Object3D } from 'three';

import { at, clamp, mix } from '../motion/index.ts';
import type { Pose } from '../motion/index.ts';
import { FIRST_EXPRESSION } from '../motion/pose.ts';
import { expressionNames } from './expression-names.ts';
import type { ExpressionNames } from './expression-names.ts';
import { expressionShare, lidShare, VRM_MOUTHS, vrmMouths } from './visemes.ts';

/** Arms hang; avatars come with theirs held out. */
const ARM_DOWN = 1.28;
const GAZE_DEGREES = 16;
/** Metres that a head may be high, hair and hat included, and what it is where that cannot be told. */
const LOWEST_HEAD = 0.12;
const HIGHEST_HEAD = 1.2;
const ORDINARY_HEAD = 0.25;
/** Of the avatar; what reaches higher is carried, and no head. */
const LARGEST_SHARE = 0.6;

/** Where the head is: the middle of its joint with the neck, and how high it is above that, in metres. */
export interface HeadPlace {
  readonly joint: Vector3;
  readonly height: number;
}

export class VrmFigure {
  readonly vrm: VRM;
  /** -1 for the first version of VRM, whose avatars look the other way. */
  readonly #forward: number;
  readonly #names: ExpressionNames;
  readonly #mouths = new Float32Array(VRM_MOUTHS.length);
  readonly #head: Object3D | null;
  readonly #neck: Object3D | null;
  readonly #chest: Object3D | null;
  readonly #spine: Object3D | null;
  readonly #rightArm: Object3D | null;
  readonly #leftArm: Object3D | null;
  readonly #leftElbow: Object3D | null;

  constructor(vrm: VRM) {
    this.vrm = vrm;
    this.#names = expressionNames(
      vrm.expressionManager?.expressions.map(({ expressionName }) => expressionName),
    );
    this.#forward = vrm.meta.metaVersion === '0' ? -1 : 1;
    const bone = (name: Parameters<VRM['humanoid']['getNormalizedBoneNode']>[0]): Object3D | null =>
      vrm.humanoid.getNormalizedBoneNode(name);
    this.#head = bone('head');
    this.#neck = bone('neck');
    this.#chest = bone('chest');
    this.#spine = bone('spine');
    this.#rightArm = bone('rightUpperArm');
    this.#leftArm = bone('leftUpperArm');
    this.#leftElbow = bone('leftLowerArm');
  }

  /** Moves the avatar on by `seconds`. */
  apply(pose: Pose, seconds: number): void {
    this.#showFace(pose);
    this.#turn(pose);
    this.#moveArms(pose);
    this.vrm.update(seconds);
  }

  /** Where the head is in space, as the avatar stands now. */
  head(): HeadPlace {
    const { scene } = this.vrm;
    scene.updateMatrixWorld(true);
    const joint = new Vector3(0, 1.4, 0);
    this.#head?.getWorldPosition(joint);
    const all = new Box3().setFromObject(scene);
    if (all.isEmpty()) return { joint, height: ORDINARY_HEAD };
    const most = Math.min(HIGHEST_HEAD, LARGEST_SHARE * (all.max.y - all.min.y));
    return { joint, height: clamp(all.max.y - joint.y, LOWEST_HEAD, Math.max(LOWEST_HEAD, most)) };
  }

  #showFace(pose: Pose): void {
    const { expressionManager } = this.vrm;
    if (!expressionManager) return;
    vrmMouths(pose, this.#mouths);
    for (let mouth = 0; mouth < VRM_MOUTHS.length; mouth += 1) {
      expressionManager.setValue(VRM_MOUTHS[mouth] ?? 'aa', this.#mouths[mouth] ?? 0);
    }
    const share = expressionShare(this.#mouths);
    const { faces } = this.#names;
    for (let index = 0; index < faces.length; index += 1) {
      const name = faces[index];
      if (name != null) expressionManager.setValue(name, (pose[FIRST_EXPRESSION + index] ?? 0) * share);
    }
    // The avatar's left is the viewer's right.
    const left = lidShare(pose, 1);
    const right = lidShare(pose, 0);
    if (this.#names.blinksAsOne) {
      expressionManager.setValue('blink', Math.min(left, right));
    } else {
      expressionManager.setValue('blinkRight', right);
      expressionManager.setValue('blinkLeft', left);
    }
  }

  #turn(pose: Pose): void {
    const forward = this.#forward;
    const pitch = at(pose, 'headPitch') * forward;
    const yaw = at(pose, 'headYaw');
    const roll = -at(pose, 'headRoll') * forward;
    this.#head?.rotation.set(pitch * 0.6, yaw * 0.6, roll * 0.6);
    this.#neck?.rotation.set(pitch * 0.4, yaw * 0.4, roll * 0.4);
    const breath = at(pose, 'breath') * 0.02;
    this.#chest?.rotation.set(-breath * forward, 0, 0);
    this.#spine?.rotation.set(at(pose, 'lean') * forward, 0, -at(pose, 'sway') * forward);
    this.#look(pose);
  }

  #look(pose: Pose): void {
    const { lookAt } = this.vrm;
    if (lookAt) {
      lookAt.yaw = at(pose, 'gazeX') * GAZE_DEGREES;
      lookAt.pitch = -at(pose, 'gazeY') * GAZE_DEGREES;
    }
  }

  #moveArms(pose: Pose): void {
    const forward = this.#forward;
    const wave = at(pose, 'wave');
    this.#rightArm?.rotation.set(0, 0, ARM_DOWN * forward);
    this.#leftArm?.rotation.set(0, 0, mix(-ARM_DOWN, -0.75, wave) * forward);
    this.#leftElbow?.rotation.set(0, 0, wave * (2 - at(pose, 'waveSwing') * 0.8) * forward);
  }
}
