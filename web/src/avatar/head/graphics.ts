/** What this browser's 3D graphics can do, asked once. */

export interface Graphics {
  /** Whether the processor does the drawing, because no graphics card can be had. */
  readonly isSoftware: boolean;
}

let known: Graphics | null | undefined;

/** Null where there is no WebGL 2. */
export function graphicsOf(): Graphics | null {
  known ??= ask();
  return known;
}

function ask(): Graphics | null {
  const context = document.createElement('canvas').getContext('webgl2');
  if (context === null) return null;
  const info = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(context.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER));
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return { isSoftware: /swiftshader|llvmpipe|software|basic render/i.test(renderer) };
}
