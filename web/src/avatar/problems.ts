/** What can keep a face from being shown, as errors that say which. */

export const FACE_PROBLEMS = [
  'webgl_missing',
  'webgl_lost',
  'drawing_failed',
  'not_loaded',
  'vrm_missing',
  'vrm_unreadable',
  'vrm_too_large',
  'vrm_not_kept',
] as const;
export type FaceProblemCode = (typeof FACE_PROBLEMS)[number];

/** The texts `face.problem.CODE` say it to the user. */
export class FaceError extends Error {
  override readonly name = 'FaceError';
  readonly code: FaceProblemCode;

  constructor(code: FaceProblemCode, cause?: unknown) {
    super(`the face cannot be shown: ${code}`, { cause });
    this.code = code;
  }
}
