/** Hands meshes to three: one geometry a mesh, made once and shared by all faces of the page. */
import { BufferAttribute, BufferGeometry } from 'three';

import type { Mesh } from './sculpt/mesh.ts';
import type { Morph } from './sculpt/skin-morphs.ts';
import type { Sculpture } from './sculpt/sculpture.ts';

export interface Geometries {
  readonly face: BufferGeometry;
  readonly hair: BufferGeometry;
  readonly ball: BufferGeometry;
  readonly upperLid: BufferGeometry;
  readonly plainUpperLid: BufferGeometry;
  readonly lowerLid: BufferGeometry;
  readonly teeth: BufferGeometry;
  readonly tongue: BufferGeometry;
  readonly body: BufferGeometry;
  readonly glasses: BufferGeometry;
  readonly arm: BufferGeometry;
}

const made = new WeakMap<Mesh, BufferGeometry>();
const faces = new WeakMap<Sculpture, BufferGeometry>();

export function geometriesOf(sculpture: Sculpture): Geometries {
  return {
    face: faceOf(sculpture),
    hair: geometryOf(sculpture.hair),
    ball: geometryOf(sculpture.ball),
    upperLid: geometryOf(sculpture.upperLid),
    plainUpperLid: geometryOf(sculpture.plainUpperLid),
    lowerLid: geometryOf(sculpture.lowerLid),
    teeth: geometryOf(sculpture.teeth),
    tongue: geometryOf(sculpture.tongue),
    body: geometryOf(sculpture.body),
    glasses: geometryOf(sculpture.glasses),
    arm: geometryOf(sculpture.arm),
  };
}

function geometryOf(mesh: Mesh): BufferGeometry {
  const known = made.get(mesh);
  if (known !== undefined) return known;
  const geometry = bare(mesh, mesh.paint);
  made.set(mesh, geometry);
  return geometry;
}

function faceOf(sculpture: Sculpture): BufferGeometry {
  const known = faces.get(sculpture);
  if (known !== undefined) return known;
  const geometry = bare(sculpture.face, sculpture.facePaint);
  geometry.morphTargetsRelative = true;
  const attributes = (part: keyof Morph): BufferAttribute[] =>
    sculpture.morphs.map((morph) => new BufferAttribute(morph[part], 3));
  geometry.morphAttributes.position = attributes('positions');
  geometry.morphAttributes.normal = attributes('normals');
  faces.set(sculpture, geometry);
  return geometry;
}

function bare(mesh: Mesh, paint: Float32Array): BufferGeometry {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(mesh.positions, 3));
  geometry.setAttribute('normal', new BufferAttribute(mesh.normals, 3));
  geometry.setAttribute('paint', new BufferAttribute(paint, 4));
  geometry.setIndex(new BufferAttribute(mesh.indices, 1));
  return geometry;
}
