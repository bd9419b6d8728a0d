/** Draws waves and bars on a canvas whose size follows the screen; one path and one fill or stroke a picture. */

const BAR_SHARE = 0.6;
/** A flat line is still seen. */
const LEAST_PIXELS = 1;
/** Speech close to a microphone fills the picture. */
const GAIN = 3;
const LINE_WIDTH = 1.5;

/** One canvas. Close it: it watches its own size. */
export class Brush {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D | null;
  readonly #observer: ResizeObserver | null;
  #width = 0;
  #height = 0;

  /** @param onResize - called when the picture has to be drawn again. */
  constructor(canvas: HTMLCanvasElement, onResize: () => void) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
    // Asking the page for its layout at every frame would cost more than drawing.
    this.#observer =
      typeof ResizeObserver === 'undefined'
        ? null
        : new ResizeObserver(() => {
            this.#fit();
            onResize();
          });
    this.#observer?.observe(canvas);
    this.#fit();
  }

  close(): void {
    this.#observer?.disconnect();
  }

  /** Points from -1 to 1, left to right. */
  wave(points: Float32Array, colour: string): void {
    const context = this.#begin();
    if (context === null) return;
    const middle = this.#height / 2;
    const step = this.#width / (points.length - 1);
    const reach = middle - LINE_WIDTH * devicePixelRatio;
    for (let index = 0; index < points.length; index += 1) {
      const value = Math.max(-1, Math.min(1, GAIN * (points[index] ?? 0)));
      context.lineTo(index * step, middle - value * reach);
    }
    context.strokeStyle = colour;
    context.lineWidth = LINE_WIDTH * devicePixelRatio;
    context.lineJoin = 'round';
    context.stroke();
  }

  /** Heights from 0 to 1, left to right, around the middle. */
  bars(heights: Float32Array, colour: string): void {
    const context = this.#begin();
    if (context === null) return;
    const pitch = this.#width / heights.length;
    const thickness = Math.max(1, pitch * BAR_SHARE);
    const least = LEAST_PIXELS * devicePixelRatio;
    for (let index = 0; index < heights.length; index += 1) {
      const length = Math.max(least, (heights[index] ?? 0) * this.#height);
      context.rect(index * pitch + (pitch - thickness) / 2, (this.#height - length) / 2, thickness, length);
    }
    context.fillStyle = colour;
    context.fill();
  }

  #begin(): CanvasRenderingContext2D | null {
    const context = this.#context;
    if (context === null) return null;
    context.clearRect(0, 0, this.#width, this.#height);
    context.beginPath();
    return context;
  }

  #fit(): void {
    const width = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    const height = Math.round(this.#canvas.clientHeight * devicePixelRatio);
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.#width = width;
    this.#height = height;
  }
}
