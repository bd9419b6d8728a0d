/**
 * The whole head as meshes, made once for each hair style and kept.
 *
 * Owns the order of the work, and pauses between its parts so that the page stays awake: sound must not stutter because a
 * face is being made.
 */
import type { HairStyle } from '../../looks.ts';
import { collar, cuff, ears, hand, neck, shirt, sleeve } from './body.ts';
import { buildBrows } from './brows.ts';
import type { BrowMorph } from './brows.ts';
import { buildBall, buildLowerLid, buildUpperLid } from './eyes.ts';
import { buildGlasses } from './glasses.ts';
import { hairOf, ornamentOf } from './hair.ts';
import { shade } from './light.ts';
import { entry, joined, merged } from './mesh.ts';
import type { Mesh } from './mesh.ts';
import { join } from './sdf.ts';
import { buildSkin } from './skin.ts';
import type { SkinGrid } from './skin.ts';
import { buildSkinMorphs, SKIN_MORPHS } from './skin-morphs.ts';
import type { Morph, SkinMorph } from './skin-morphs.ts';
import { skull } from './skull.ts';
import { meshOf } from './surface-net.ts';
import { buildTeeth, buildTongue } from './teeth.ts';

export type FaceMorph = SkinMorph | BrowMorph;
export const FACE_MORPHS: readonly FaceMorph[] = [...SKIN_MORPHS, 'browLeft', 'browRight'];

/** What all heads share. */
export interface Features {
  /** Skin, lips, the inside of the mouth and brows, and how they move, in the order of {@link FACE_MORPHS}. */
  readonly face: Mesh;
  readonly morphs: readonly Morph[];
  readonly ball: Mesh;
  readonly upperLid: Mesh;
  /** With short lashes. */
  readonly plainUpperLid: Mesh;
  readonly lowerLid: Mesh;
  readonly teeth: Mesh;
  readonly tongue: Mesh;
  readonly body: Mesh;
  readonly glasses: Mesh;
  readonly arm: Mesh;
}

export interface Sculpture extends Features {
  /** Hair and ears. */
  readonly hair: Mesh;
  /** The face's light as this hair leaves it: the last number of each corner's paint. */
  readonly facePaint: Float32Array;
}

/** How fine the meshes are; a processor that has to draw them gets coarser ones. */
export type Detail = 'fine' | 'light';
const SKIN_GRIDS: Readonly<Record<Detail, SkinGrid>> = {
  fine: { around: 96, rings: 58 },
  light: { around: 72, rings: 44 },
};
const COARSENESS: Readonly<Record<Detail, number>> = { fine: 1, light: 1.35 };

const HEAD_BOX = { low: [-1.35, -1.25, -1.15], high: [1.35, 1.55, 1.2] } as const;
const BODY_BOX = { low: [-1.35, -2.4, -0.95], high: [1.35, -0.4, 0.75] } as const;

const kept = new Map<string, Promise<Sculpture>>();
const features = new Map<Detail, Promise<Features>>();

/** The sculpture with this hair; the same one each time. */
export function sculptureOf(style: HairStyle, detail: Detail): Promise<Sculpture> {
  const name = `${style} ${detail}`;
  const known = kept.get(name);
  if (known !== undefined) return known;
  const made = sculpt(style, detail);
  kept.set(name, made);
  return made;
}

function featuresOf(detail: Detail): Promise<Features> {
  const known = features.get(detail);
  if (known !== undefined) return known;
  const made = buildFeatures(detail);
  features.set(detail, made);
  return made;
}

/** Lets events, and above all sound, have their turn. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

async function sculpt(style: HairStyle, detail: Detail): Promise<Sculpture> {
  const common = await featuresOf(detail);
  const coarse = COARSENESS[detail];
  await pause();
  const solid = hairOf(style);
  const hair = meshOf(solid, { ...HEAD_BOX, cell: 0.052 * coarse, colour: 'hair' });
  glow(hair);
  await pause();
  const earPart = meshOf(ears, {
    low: [-1, -0.36, -0.24],
    high: [1, 0.2, 0.2],
    cell: 0.028 * coarse,
    colour: 'skin',
  });
  const ornament = ornamentOf(style);
  const around = join(0.02, skull, solid, ears);
  const parts = [hair, earPart];
  if (ornament !== null)
    parts.push(meshOf(ornament, { ...HEAD_BOX, cell: 0.036 * coarse, colour: 'accent' }));
  for (const part of parts) shade(part, around);
  await pause();
  const face = { ...common.face, paint: common.face.paint.slice() };
  shade(face, around);
  return { ...common, hair: merged(...parts), facePaint: face.paint };
}

/** Hair shines where it bends towards the light. */
function glow({ positions, normals, paint }: Mesh): void {
  for (let corner = 0; corner < positions.length / 3; corner += 1) {
    const up = normals[corner * 3 + 1] ?? 0;
    const height = positions[corner * 3 + 1] ?? 0;
    const band = Math.exp(-(((up - 0.55) / 0.3) ** 2));
    paint[corner * 4 + 1] = entry('hairGlow');
    paint[corner * 4 + 2] = 0.42 * band * Math.min(1, Math.max(0, height + 0.6));
  }
}

async function buildFeatures(detail: Detail): Promise<Features> {
  const { mesh: skin, places } = buildSkin(SKIN_GRIDS[detail]);
  await pause();
  const skinMorphs = buildSkinMorphs(skin, places);
  await pause();
  const { mesh: brows, morphs: browMorphs } = buildBrows();
  const morphs = FACE_MORPHS.map((name) => joinMorphs(name, skin, brows, { skinMorphs, browMorphs }));
  return {
    face: merged(skin, brows),
    morphs,
    ball: buildBall(),
    upperLid: buildUpperLid(true),
    plainUpperLid: buildUpperLid(false),
    lowerLid: buildLowerLid(),
    teeth: buildTeeth(),
    tongue: buildTongue(),
    ...(await buildStatics(COARSENESS[detail])),
  };
}

async function buildStatics(coarse: number): Promise<Pick<Features, 'body' | 'arm' | 'glasses'>> {
  const scene = join(0.02, skull, neck, shirt, collar);
  const options = { ...BODY_BOX, cell: 0.05 * coarse };
  const body = [
    meshOf(neck, { ...options, colour: 'skin' }),
    meshOf(shirt, { ...options, cell: 0.065 * coarse, colour: 'top' }),
    meshOf(collar, { ...options, cell: 0.036 * coarse, colour: 'trim' }),
  ];
  for (const part of body) shade(part, scene);
  await pause();
  const armScene = join(0.02, hand, sleeve, cuff);
  const arm = [
    meshOf(hand, { low: [-0.45, -0.3, -0.2], high: [0.35, 0.8, 0.2], cell: 0.026 * coarse, colour: 'skin' }),
    meshOf(sleeve, { low: [-0.35, -1.6, -0.35], high: [0.35, 0.05, 0.3], cell: 0.05, colour: 'top' }),
    meshOf(cuff, { low: [-0.25, -0.25, -0.25], high: [0.25, 0.05, 0.25], cell: 0.03, colour: 'trim' }),
  ];
  for (const part of arm) shade(part, armScene);
  await pause();
  return { body: merged(...body), arm: merged(...arm), glasses: buildGlasses() };
}

interface Movements {
  readonly skinMorphs: ReadonlyMap<SkinMorph, Morph>;
  readonly browMorphs: ReadonlyMap<BrowMorph, Morph>;
}

function joinMorphs(name: FaceMorph, skin: Mesh, brows: Mesh, { skinMorphs, browMorphs }: Movements): Morph {
  const skinPart = (skinMorphs as ReadonlyMap<string, Morph>).get(name) ?? still(skin);
  const browPart = (browMorphs as ReadonlyMap<string, Morph>).get(name) ?? still(brows);
  return {
    positions: joined([skinPart.positions, browPart.positions]),
    normals: joined([skinPart.normals, browPart.normals]),
  };
}

function still({ positions }: Mesh): Morph {
  const none = new Float32Array(positions.length);
  return { positions: none, normals: none };
}
