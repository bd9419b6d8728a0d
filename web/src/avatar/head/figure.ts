/**
 * The figure: head, shoulders and hand as one tree of three's objects, moved by one call a frame.
 *
 * Owns the objects and where they stand. Geometry is shared with other figures and stays; materials are the figure's own,
 * and go with it.
 */
import { Group, InstancedMesh, Mesh, Object3D, SphereGeometry } from 'three';
import type { BufferGeometry, Material } from 'three';
import { BufferAttribute } from 'three';

import type { Look } from '../looks.ts';
import { AT, createMouth, mix, MOUTH_AT, shapeMouth } from '../motion/index.ts';
import type { Mouth, Pose } from '../motion/index.ts';
import { createEyeMaterial } from './eye-material.ts';
import type { Geometries } from './geometry.ts';
import { faceInfluences, lidsOf, lidTilt } from './rig.ts';
import { entry } from './sculpt/mesh.ts';
import { EYE } from './sculpt/skull.ts';
import { createLights, createSkinMaterial } from './skin-material.ts';

/** The head turns about the top of the neck. */
const PIVOT = { y: -0.62, z: -0.12 } as const;
/** As the sculpture has it. */
const HINGE = { y: -0.12, z: -0.08, angle: 0.27 } as const;
const UPPER_TEETH = { y: -0.405, z: 0.7 } as const;
const LOWER_TEETH = { y: -0.5, z: 0.655 } as const;
const TONGUE = { y: -0.515, z: 0.47 } as const;
const EYE_SLANT = 0.03;
/**
 * Radians that each eye looks outwards. The openings lie further out than the middles of the balls: eyes that looked
 * straight ahead would show their white on one side only, and seem to squint.
 */
const EYES_OUT = 0.05;
const SIDES = [-1, 1] as const;

export class Figure {
  readonly root: Group = new Group();
  readonly #head = new Group();
  readonly #body: Mesh;
  readonly #arm: Mesh;
  readonly #face: Mesh;
  readonly #tongue: Mesh;
  readonly #balls: InstancedMesh;
  readonly #upperLids: InstancedMesh;
  readonly #lowerLids: InstancedMesh;
  readonly #teeth: InstancedMesh;
  readonly #materials: readonly Material[];
  readonly #look: Look;
  /** Works out the places of twins; never drawn itself. */
  readonly #at = new Object3D();
  readonly #lids = new Float32Array(4);
  readonly #mouth = createMouth();

  constructor(geometries: Geometries, look: Look, isDark: boolean) {
    this.#look = look;
    const lights = createLights(isDark);
    const skin = createSkinMaterial(look, lights);
    const eyes = createEyeMaterial(look, lights);
    this.#materials = [skin, eyes];
    const twins = (geometry: BufferGeometry, material: Material, count = 2): InstancedMesh =>
      new InstancedMesh(geometry, material, count);
    this.#face = new Mesh(geometries.face, skin);
    this.#tongue = new Mesh(geometries.tongue, skin);
    this.#balls = twins(geometries.ball, eyes);
    this.#upperLids = twins(look.firmness > 0.5 ? geometries.plainUpperLid : geometries.upperLid, skin);
    this.#lowerLids = twins(geometries.lowerLid, skin);
    this.#teeth = twins(geometries.teeth, skin);
    this.#body = new Mesh(geometries.body, skin);
    this.#arm = new Mesh(geometries.arm, skin);
    const inHead = [this.#face, this.#tongue, this.#balls, this.#upperLids, this.#lowerLids, this.#teeth];
    inHead.push(new Mesh(geometries.hair, skin));
    if (look.hasGlasses) inHead.push(new Mesh(geometries.glasses, skin));
    if (look.hasEarrings) inHead.push(this.#beads(skin, EARRINGS, 0.045, 'accent'));
    if (look.hasFreckles) inHead.push(this.#beads(skin, FRECKLES, 0.011, 'shade'));
    for (const part of inHead) part.position.set(0, -PIVOT.y, -PIVOT.z);
    this.#head.add(...inHead);
    this.#head.position.set(0, PIVOT.y, PIVOT.z);
    this.#head.rotation.order = 'YXZ';
    this.root.add(this.#head, this.#body, this.#beads(skin, BUTTONS, 0.05, 'accent'), this.#arm);
    this.#arm.visible = false;
    // Nothing is ever out of sight, and working that out costs more than drawing it.
    this.root.traverse((part) => {
      part.frustumCulled = false;
    });
  }

  /** Moves everything to a pose. */
  apply(pose: Pose): void {
    const mouth = this.#mouth;
    shapeMouth(pose, mouth);
    const { morphTargetInfluences } = this.#face;
    if (morphTargetInfluences !== undefined) {
      faceInfluences(pose, mouth, this.#look.firmness, morphTargetInfluences);
    }
    this.#turnHead(pose);
    this.#moveEyes(pose);
    this.#moveMouth(mouth);
    this.#moveArm(pose);
  }

  dispose(): void {
    for (const material of this.#materials) material.dispose();
    this.root.traverse((part) => {
      if (part instanceof InstancedMesh) part.dispose();
      // Frees what this figure's renderer holds of the shared geometry, which would else hold the renderer; another
      // figure's renderer takes it up again with its next frame.
      if (part instanceof Mesh) (part.geometry as BufferGeometry).dispose();
    });
  }

  #turnHead(pose: Pose): void {
    const breath = pose[AT.breath] ?? 0;
    const lean = pose[AT.lean] ?? 0;
    const sway = pose[AT.sway] ?? 0;
    this.root.rotation.set(lean, 0, -sway * 0.7);
    this.root.position.set(sway * 0.3, lean * 0.3, 0);
    this.#head.rotation.set(
      pose[AT.headPitch] ?? 0,
      pose[AT.headYaw] ?? 0,
      -(pose[AT.headRoll] ?? 0) - sway * 0.4,
    );
    this.#head.position.y = PIVOT.y + breath * 0.012;
    this.#body.scale.set(1 + breath * 0.008, 1 + breath * 0.006, 1 + breath * 0.02);
  }

  #moveEyes(pose: Pose): void {
    const across = (pose[AT.gazeX] ?? 0) * 0.5;
    const up = (pose[AT.gazeY] ?? 0) * 0.42;
    lidsOf(pose, this.#lids);
    const tilt = lidTilt(pose);
    for (let index = 0; index < 2; index += 1) {
      const side = index === 0 ? -1 : 1;
      const upper = this.#lids[index] ?? 0;
      const lower = this.#lids[index + 2] ?? 0;
      this.#stand(side, -up, across + side * EYES_OUT, 0);
      this.#balls.setMatrixAt(index, this.#at.matrix);
      this.#hang(side, -upper, tilt);
      this.#upperLids.setMatrixAt(index, this.#at.matrix);
      this.#hang(side, lower, 0.5 * tilt);
      this.#lowerLids.setMatrixAt(index, this.#at.matrix);
    }
    this.#balls.instanceMatrix.needsUpdate = true;
    this.#upperLids.instanceMatrix.needsUpdate = true;
    this.#lowerLids.instanceMatrix.needsUpdate = true;
  }

  /** Puts the helper where a lid is; the viewer's left one is the right one's mirror image. */
  #hang(side: number, pitch: number, tilt: number): void {
    this.#stand(side, pitch, 0, tilt);
    this.#at.scale.set(side, 1, 1);
    this.#at.updateMatrix();
  }

  /** Puts the helper where an eye is, turned; `tilt` lowers its outer corner. */
  #stand(side: number, pitch: number, yaw: number, tilt: number): void {
    const at = this.#at;
    at.position.set(side * EYE.x, EYE.y, EYE.z);
    at.rotation.order = 'ZYX';
    at.rotation.set(pitch, yaw, side * (EYE_SLANT - tilt));
    at.scale.set(1, 1, 1);
    at.updateMatrix();
  }

  #moveMouth(mouth: Mouth): void {
    const jaw = (mouth[MOUTH_AT.jaw] ?? 0) * HINGE.angle;
    const tongue = mouth[MOUTH_AT.tongue] ?? 0;
    // Rounded lips leave the teeth behind.
    const back = 0.09 * (mouth[MOUTH_AT.pucker] ?? 0);
    const at = this.#at;
    at.rotation.set(0, 0, 0);
    at.position.set(0, UPPER_TEETH.y + 0.4 * back, UPPER_TEETH.z - back);
    at.scale.set(1, 1, 1);
    at.updateMatrix();
    this.#teeth.setMatrixAt(0, at.matrix);
    hinge(at, LOWER_TEETH.y - 0.4 * back, LOWER_TEETH.z - back, jaw);
    at.scale.set(0.9, -0.85, 0.95);
    at.updateMatrix();
    this.#teeth.setMatrixAt(1, at.matrix);
    this.#teeth.instanceMatrix.needsUpdate = true;
    hinge(this.#tongue, TONGUE.y + 0.075 * tongue, TONGUE.z + 0.07 * tongue, jaw * (1 - 0.45 * tongue));
    this.#tongue.rotation.x -= 0.35 * tongue;
    this.#tongue.position.y -= PIVOT.y;
    this.#tongue.position.z -= PIVOT.z;
  }

  #moveArm(pose: Pose): void {
    const wave = pose[AT.wave] ?? 0;
    this.#arm.visible = wave > 0.005;
    this.#arm.position.set(mix(1.3, 1.12, wave), mix(-2.9, -1.12, wave), 0.42);
    this.#arm.rotation.set(0, -0.15, -0.14 - (pose[AT.waveSwing] ?? 0));
  }

  #beads(
    material: Material,
    places: readonly (readonly [number, number, number])[],
    radius: number,
    colour: 'accent' | 'shade',
  ): InstancedMesh {
    const geometry = beadOf(radius, colour);
    const beads = new InstancedMesh(geometry, material, places.length);
    places.forEach(([x, y, z], index) => {
      this.#at.position.set(x, y, z);
      this.#at.rotation.set(0, 0, 0);
      this.#at.scale.set(1, 1, colour === 'shade' ? 0.5 : 0.8);
      this.#at.updateMatrix();
      beads.setMatrixAt(index, this.#at.matrix);
    });
    return beads;
  }
}

/** Turns something that hangs on the jaw. */
function hinge(part: Object3D, y: number, z: number, angle: number): void {
  const toY = y - HINGE.y;
  const toZ = z - HINGE.z;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  part.position.set(0, HINGE.y + toY * cos - toZ * sin, HINGE.z + toZ * cos + toY * sin);
  part.rotation.set(angle, 0, 0);
}

const EARRINGS = SIDES.map((side) => [side * 0.875, -0.29, 0.02] as const);
const BUTTONS = [
  [0, -1.5, 0.305],
  [0, -1.72, 0.365],
] as const;
const FRECKLES = SIDES.flatMap((side) =>
  [
    [0.36, -0.165, 0.777],
    [0.43, -0.2, 0.742],
    [0.5, -0.17, 0.697],
    [0.39, -0.235, 0.762],
    [0.47, -0.255, 0.715],
  ].map(([x = 0, y = 0, z = 0]) => [side * x, y, z] as const),
);

const beads = new Map<string, BufferGeometry>();

function beadOf(radius: number, colour: 'accent' | 'shade'): BufferGeometry {
  const name = `${colour} ${String(radius)}`;
  const known = beads.get(name);
  if (known !== undefined) return known;
  const geometry = new SphereGeometry(radius, 14, 10);
  const count = geometry.getAttribute('position').count;
  const paint = new Float32Array(count * 4);
  for (let corner = 0; corner < count; corner += 1)
    paint.set([entry(colour), entry(colour), 0, 1], corner * 4);
  geometry.setAttribute('paint', new BufferAttribute(paint, 4));
  beads.set(name, geometry);
  return geometry;
}
