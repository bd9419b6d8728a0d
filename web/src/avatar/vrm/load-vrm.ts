/**
 * Reads a VRM file: bytes in, an avatar out, or an error in plain words.
 *
 * The page's security policy allows pictures from memory and no other fetching from there; so textures are loaded as
 * pictures, whatever the loader would choose by itself.
 */
import { VRMLoaderPlugin, VRMUtils } from '@pixiv/three-vrm';
import type { VRM } from '@pixiv/three-vrm';
import { TextureLoader } from 'three';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
import type { GLTFParser } from 'three/examples/jsm/loaders/GLTFLoader.js';

import { FaceError } from '../problems.ts';

/** The largest file that is taken: more than any avatar needs, less than what a phone cannot hold. */
export const LARGEST_BYTES: number = 100 * 1024 * 1024;

/** "glTF", as every binary glTF file begins. */
const MAGIC = 0x46546c67;

/** Tells whether these bytes may be a VRM at all, without building anything. */
export function checkVrm(bytes: ArrayBuffer): void {
  if (bytes.byteLength > LARGEST_BYTES) throw new FaceError('vrm_too_large');
  const isGltf = bytes.byteLength > 20 && new DataView(bytes).getUint32(0, true) === MAGIC;
  if (!isGltf) throw new FaceError('vrm_unreadable');
}

/**
 * Builds the avatar; its caller frees it with {@link freeVrm}.
 *
 * @throws FaceError `vrm_unreadable`: not glTF, or no VRM in it.
 */
export async function loadVrm(bytes: ArrayBuffer): Promise<VRM> {
  checkVrm(bytes);
  const loader = new GLTFLoader();
  loader.register(picturesOnly);
  loader.register((parser) => new VRMLoaderPlugin(parser));
  let avatar: VRM | undefined;
  try {
    const { userData } = await loader.parseAsync(bytes, '');
    avatar = (userData as { readonly vrm?: VRM }).vrm;
  } catch (error) {
    throw new FaceError('vrm_unreadable', error);
  }
  if (avatar === undefined) throw new FaceError('vrm_unreadable');
  VRMUtils.removeUnnecessaryVertices(avatar.scene);
  VRMUtils.combineSkeletons(avatar.scene);
  VRMUtils.rotateVRM0(avatar);
  avatar.scene.traverse((part) => {
    part.frustumCulled = false;
  });
  return avatar;
}

export function freeVrm(vrm: VRM): void {
  VRMUtils.deepDispose(vrm.scene);
}

function picturesOnly(parser: GLTFParser): { readonly name: string } {
  Object.assign(parser, { textureLoader: new TextureLoader(parser.options.manager) });
  return { name: 'pictures_only' };
}
