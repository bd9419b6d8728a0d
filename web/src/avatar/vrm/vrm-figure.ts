/**
 * Moves a VRM avatar by a pose: lips, expressions, lids, eyes, and the bones of head and arms.
 *
 * Owns what each part of the pose means for an avatar that somebody else made; what the avatar does not have is left out.
 */
import type { VRM } from '@pixiv/three-vrm';
import { Vector3 } from 'three';
import type { Object3D } from 'three';

import { at, mix } from '../motion/index.ts';
import type { Expression, Pose } from '../motion/index.ts';
import { FIRST_EXPRESSION } from '../motion/pose.ts';
import { expressionShare, lidShare, VRM_MOUTHS, vrmMouths } from './visemes.ts';

/** VRM's presets in the order of ours; there is none for thinking. */
const PRESETS: readonly (readonly [Expression, string])[] = [
  ['joy', 'happy'],
  ['sadness', 'sad'],
  ['surprise', 'surprised'],
  ['anger', 'angry'],
  ['relaxed', 'relaxed'],
];
/** Arms hang; avatars come with theirs held out. */
const ARM_DOWN = 1.28;
const GAZE_DEGREES = 16;

export class VrmFigure {
  readonly vrm: VRM;
  /** -1 for the first version of VRM, whose avatars look the other way. */
  readonly #forward: number;
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

  /** Where the head is in space. */
  headAt(): Vector3 {
    const place = new Vector3(0, 1.4, 0);
    this.vrm.scene.updateMatrixWorld(true);
    this.#head?.getWorldPosition(place);
    return place;
  }

  #showFace(pose: Pose): void {
    const { expressionManager } = this.vrm;
    if (!expressionManager) return;
    vrmMouths(pose, this.#mouths);
    for (let mouth = 0; mouth < VRM_MOUTHS.length; mouth += 1) {
      expressionManager.setValue(VRM_MOUTHS[mouth] ?? 'aa', this.#mouths[mouth] ?? 0);
    }
    const share = expressionShare(this.#mouths);
    for (let index = 0; index < PRESETS.length; index += 1) {
      expressionManager.setValue(PRESETS[index]?.[1] ?? '', (pose[FIRST_EXPRESSION + index] ?? 0) * share);
    }
    // The avatar's left is the viewer's right.
    expressionManager.setValue('blinkRight', lidShare(pose, 0));
    expressionManager.setValue('blinkLeft', lidShare(pose, 1));
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
