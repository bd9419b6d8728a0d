import { BoxGeometry, Mesh } from 'three';
import { describe, expect, it } from 'vitest';

import type { VISEMES } from '../feed.ts';
import { createPose } from '../motion/index.ts';
import { set } from '../motion/pose.ts';
import { FaceError } from '../problems.ts';
import { checkVrm, freeVrm, loadVrm } from './load-vrm.ts';
import { expressionNames } from './expression-names.ts';
import { glbOf, smallestFirstVrm, smallestVrm } from './testing.ts';
import { expressionShare, lidShare, VRM_MOUTHS, vrmMouths } from './visemes.ts';
import { VrmFigure } from './vrm-figure.ts';

function mouths(...visemes: (typeof VISEMES)[number][]): Record<string, number> {
  const pose = createPose();
  for (const viseme of visemes) set(pose, viseme, 1);
  const out = new Float32Array(VRM_MOUTHS.length);
  vrmMouths(pose, out);
  return Object.fromEntries(VRM_MOUTHS.map((name, index) => [name, out[index] ?? 0]));
}

describe('the mouths of a VRM avatar', () => {
  it.each([
    ['aa', 'aa'],
    ['I', 'ih'],
    ['U', 'ou'],
    ['E', 'ee'],
    ['O', 'oh'],
  ] as const)('should be led by %s to %s', (viseme, vowel) => {
    const shown = mouths(viseme);
    expect(Object.entries(shown).sort(([, a], [, b]) => b - a)[0]?.[0]).toBe(vowel);
    expect(shown[vowel]).toBeGreaterThan(0.75);
  });

  it('should be shut for a P, whatever else is asked', () => {
    expect(Math.max(...Object.values(mouths('PP', 'aa')))).toBe(0);
  });

  it('should leave less of an expression while lips are busy', () => {
    expect(expressionShare(Float32Array.of(0, 0, 0, 0, 0))).toBe(1);
    expect(expressionShare(Float32Array.of(1, 0, 0, 0, 0))).toBeLessThan(0.5);
  });

  it('should shut each eye by itself', () => {
    const pose = createPose();
    set(pose, 'blinkLeft', 1);
    expect([lidShare(pose, 0), lidShare(pose, 1)]).toEqual([1, 0]);
  });
});

describe('a file that is not a VRM', () => {
  const codeOf = async (bytes: ArrayBuffer): Promise<string> => {
    try {
      await loadVrm(bytes);
    } catch (error) {
      return error instanceof FaceError ? error.code : String(error);
    }
    return 'loaded';
  };

  it('should be refused when it is no glTF at all', () => {
    expect(() => {
      checkVrm(new TextEncoder().encode('This is a letter and no avatar.').buffer);
    }).toThrow(FaceError);
  });

  it('should be refused when it is a damaged glTF', async () => {
    const bytes = new Uint8Array(64);
    bytes.set(new TextEncoder().encode('glTF'));
    expect(await codeOf(bytes.buffer)).toBe('vrm_unreadable');
  });

  it('should be refused when it is a glTF without an avatar in it', async () => {
    expect(await codeOf(glbOf({ asset: { version: '2.0' }, scenes: [{}], scene: 0 }))).toBe('vrm_unreadable');
  });
});

describe('an avatar', () => {
  it('should turn its head, lower its arms and wave with the pose', async () => {
    const vrm = await loadVrm(smallestVrm());
    const figure = new VrmFigure(vrm);
    const pose = createPose();
    const bone = (name: 'head' | 'leftUpperArm' | 'leftLowerArm') => vrm.humanoid.getNormalizedBoneNode(name);
    set(pose, 'headYaw', 0.5);
    figure.apply(pose, 1 / 60);
    expect(bone('head')?.rotation.y).toBeCloseTo(0.3);
    expect(bone('leftUpperArm')?.rotation.z).toBeLessThan(-1);
    set(pose, 'wave', 1);
    figure.apply(pose, 1 / 60);
    expect(bone('leftLowerArm')?.rotation.z).toBeGreaterThan(1.5);
    expect(figure.head().joint.y).toBeGreaterThan(1);
    freeVrm(vrm);
  });

  it('should open its mouth for a vowel and shut its eyes in a blink', async () => {
    const vrm = await loadVrm(smallestVrm());
    const pose = createPose();
    set(pose, 'aa', 1);
    set(pose, 'blinkLeft', 1);
    new VrmFigure(vrm).apply(pose, 1 / 60);
    expect(vrm.expressionManager?.getValue('aa')).toBeCloseTo(1);
    // What is left to the viewer is the avatar's right.
    expect(vrm.expressionManager?.getValue('blinkRight')).toBeCloseTo(1);
    expect(vrm.expressionManager?.getValue('blinkLeft')).toBeCloseTo(0);
    freeVrm(vrm);
  });

  it('should be the same in the first version of VRM, which looks the other way', async () => {
    const vrm = await loadVrm(smallestFirstVrm());
    const figure = new VrmFigure(vrm);
    const pose = createPose();
    set(pose, 'aa', 1);
    set(pose, 'surprise', 1);
    set(pose, 'joy', 0.5);
    set(pose, 'headPitch', 0.5);
    set(pose, 'blinkLeft', 1);
    figure.apply(pose, 1 / 60);
    const manager = vrm.expressionManager;
    expect(manager?.getValue('aa')).toBeCloseTo(1);
    expect(manager?.getValue('Surprised')).toBeGreaterThan(0.4);
    expect(manager?.getValue('happy')).toBeGreaterThan(0.2);
    // One eye alone cannot be shut, and a wink must not become a blink.
    expect(manager?.getValue('blink')).toBe(0);
    set(pose, 'blinkRight', 1);
    figure.apply(pose, 1 / 60);
    expect(manager?.getValue('blink')).toBe(1);
    expect(vrm.humanoid.getNormalizedBoneNode('head')?.rotation.x).toBeCloseTo(-0.3);
    freeVrm(vrm);
  });

  it('should have the height of its head told from what reaches above the neck', async () => {
    const vrm = await loadVrm(smallestVrm());
    const figure = new VrmFigure(vrm);
    expect(figure.head().height).toBe(0.25);
    const large = new Mesh(new BoxGeometry(0.6, 0.6, 0.6));
    large.position.y = figure.head().joint.y + 0.3;
    const feet = new Mesh(new BoxGeometry(0.1, 0.1, 0.1));
    vrm.scene.add(large, feet);
    expect(figure.head().height).toBeCloseTo(0.6);
    large.position.y += 5;
    expect(figure.head().height).toBe(1.2);
    freeVrm(vrm);
  });
});

describe("an avatar's names for its expressions", () => {
  it('should be found among presets first, and by other names, however they are written', () => {
    const { faces } = expressionNames(['happy', 'Joy', 'SURPRISE', 'Angry', 'neutral']);
    expect(faces).toEqual(['happy', null, 'SURPRISE', 'Angry', null, null]);
  });

  it('should tell whether its eyes shut one by one', () => {
    expect(expressionNames(['blink', 'blinkLeft', 'blinkRight']).blinksAsOne).toBe(false);
    expect(expressionNames(['blink']).blinksAsOne).toBe(true);
    expect(expressionNames([]).blinksAsOne).toBe(false);
  });
});
