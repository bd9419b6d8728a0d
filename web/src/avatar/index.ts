/** What the page knows of faces. */
export { Face, FACE_KINDS } from './face.tsx';
export type { FaceKind, FaceProps } from './face.tsx';
export { VISEMES } from './feed.ts';
export type { FaceAction, FaceFeed, Mood, Viseme } from './feed.ts';
export { lookFor } from './looks.ts';
export type { Look } from './looks.ts';
export { FACE_PROBLEMS, FaceError } from './problems.ts';
export type { FaceProblemCode } from './problems.ts';
export type { FaceTheme } from './use-face-settings.ts';
export {
  keepOwnAvatar,
  ownAvatar,
  ownAvatarRevision,
  removeOwnAvatar,
  subscribeToOwnAvatar,
} from './vrm/own-avatar.ts';
export type { OwnAvatar } from './vrm/own-avatar.ts';
