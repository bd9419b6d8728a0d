/** The smallest files that are what they say: for tests. */

const BONES: readonly (readonly [string, string | null, readonly [number, number, number]])[] = [
  ['hips', null, [0, 0.9, 0]],
  ['spine', 'hips', [0, 0.15, 0]],
  ['chest', 'spine', [0, 0.15, 0]],
  ['neck', 'chest', [0, 0.2, 0]],
  ['head', 'neck', [0, 0.1, 0]],
  ['leftUpperArm', 'chest', [0.15, 0.15, 0]],
  ['leftLowerArm', 'leftUpperArm', [0.25, 0, 0]],
  ['leftHand', 'leftLowerArm', [0.25, 0, 0]],
  ['rightUpperArm', 'chest', [-0.15, 0.15, 0]],
  ['rightLowerArm', 'rightUpperArm', [-0.25, 0, 0]],
  ['rightHand', 'rightLowerArm', [-0.25, 0, 0]],
  ['leftUpperLeg', 'hips', [0.1, 0, 0]],
  ['leftLowerLeg', 'leftUpperLeg', [0, -0.4, 0]],
  ['leftFoot', 'leftLowerLeg', [0, -0.4, 0]],
  ['rightUpperLeg', 'hips', [-0.1, 0, 0]],
  ['rightLowerLeg', 'rightUpperLeg', [0, -0.4, 0]],
  ['rightFoot', 'rightLowerLeg', [0, -0.4, 0]],
];

/** A VRM 1.0 avatar that is nothing but bones and the names of its expressions. */
export function smallestVrm(): ArrayBuffer {
  const humanBones = Object.fromEntries(BONES.map(([name], node) => [name, { node }]));
  const presets = ['aa', 'ih', 'ou', 'ee', 'oh', 'blinkLeft', 'blinkRight', 'happy'];
  return glbOf({
    ...SKELETON,
    extensionsUsed: ['VRMC_vrm'],
    extensions: {
      VRMC_vrm: {
        specVersion: '1.0',
        meta: { name: 'Bones', authors: ['nobody'], licenseUrl: 'https://vrm.dev/licenses/1.0/' },
        humanoid: { humanBones },
        expressions: { preset: Object.fromEntries(presets.map((name) => [name, {}])) },
      },
    },
  });
}

/** The same of VRM's first version, as its tools wrote it: one blink for both eyes, and a surprise of its maker's own. */
export function smallestFirstVrm(): ArrayBuffer {
  const groups = [
    ['A', 'a'],
    ['Blink', 'blink'],
    ['Joy', 'joy'],
    ['Sorrow', 'sorrow'],
    ['Fun', 'fun'],
    ['Surprised', 'unknown'],
  ];
  return glbOf({
    ...SKELETON,
    extensionsUsed: ['VRM'],
    extensions: {
      VRM: {
        specVersion: '0.0',
        meta: { title: 'Bones', author: 'nobody', licenseName: 'CC0' },
        humanoid: { humanBones: BONES.map(([bone], node) => ({ bone, node, useDefaultValues: true })) },
        blendShapeMaster: {
          blendShapeGroups: groups.map(([name, presetName]) => ({
            name,
            presetName,
            binds: [],
            materialValues: [],
          })),
        },
        firstPerson: Object.fromEntries(
          GAZES.map((gaze) => [gaze, { curve: STRAIGHT, xRange: 90, yRange: 10 }]),
        ),
        secondaryAnimation: {},
        materialProperties: [],
      },
    },
  });
}

/** As the tools wrote it where nobody bent it. */
const STRAIGHT = [0, 0, 0, 1, 1, 1, 1, 0];
const GAZES = ['lookAtHorizontalInner', 'lookAtHorizontalOuter', 'lookAtVerticalDown', 'lookAtVerticalUp'];

const SKELETON = {
  asset: { version: '2.0' },
  scene: 0,
  scenes: [{ nodes: [0] }],
  nodes: BONES.map(([name, , translation]) => {
    const children = BONES.flatMap(([, parent], index) => (parent === name ? [index] : []));
    return children.length > 0 ? { name, translation, children } : { name, translation };
  }),
};

/** A binary glTF file of this description. */
export function glbOf(description: object): ArrayBuffer {
  const text = JSON.stringify(description);
  const json = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 4) * 4));
  const bytes = new ArrayBuffer(20 + json.length);
  const view = new DataView(bytes);
  // "glTF", version, length; then one chunk: its length, "JSON", and the text.
  [0x46546c67, 2, bytes.byteLength, json.length, 0x4e4f534a].forEach((word, index) => {
    view.setUint32(index * 4, word, true);
  });
  new Uint8Array(bytes, 20).set(json);
  return bytes;
}
