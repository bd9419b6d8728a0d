/** The face. */
import type { face as Shape } from '../en/face.ts';

export const face: typeof Shape = {};
