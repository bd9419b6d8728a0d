/** The colours of one drawn face, mixed once. */
import type { Look } from '../looks.ts';

export interface Ink {
  readonly look: Look;
  readonly skin: CanvasGradient;
  readonly hair: CanvasGradient;
  readonly top: CanvasGradient;
  readonly shade: string;
  readonly deep: string;
  readonly hairShade: string;
  readonly mouthInside: string;
  readonly eyeWhite: string;
  readonly irisEdge: string;
  readonly irisGlow: string;
}
