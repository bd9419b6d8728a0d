/** Draws the mouth: lips, teeth, tongue and the dark between them. */
import { clamp, MOUTH_AT } from '../motion/index.ts';
import type { Mouth } from '../motion/index.ts';
import type { Ink } from './ink.ts';

const MIDDLE_Y = 29;

/** The shape that is being painted: worked out anew for every picture, and made once. */
const opening = { half: 0, cornerY: 0, up: 0, down: 0, sag: 0 };

export function paintMouth(pen: CanvasRenderingContext2D, ink: Ink, mouth: Mouth): void {
  const jaw = mouth[MOUTH_AT.jaw] ?? 0;
  const pucker = mouth[MOUTH_AT.pucker] ?? 0;
  const press = mouth[MOUTH_AT.press] ?? 0;
  const corners = mouth[MOUTH_AT.corners] ?? 0;
  const half = (10.5 + 3.4 * (mouth[MOUTH_AT.wide] ?? 0) + 2 * Math.max(0, corners)) * (1 - 0.5 * pucker);
  const side = mouth[MOUTH_AT.side] ?? 0;
  const cornerY = -corners * 3.6;
  const up = (jaw * 3.2 + (mouth[MOUTH_AT.upperUp] ?? 0) * 2.8) * (1 - press);
  const down = jaw * 12.5 + (mouth[MOUTH_AT.lowerDown] ?? 0) * 3.4 * (1 - press);
  pen.save();
  pen.translate(side * 4.5, MIDDLE_Y);
  if (up + down > 0.7) {
    opening.half = half;
    opening.cornerY = cornerY;
    opening.up = up;
    opening.down = down;
    opening.sag = corners * 2.2;
    paintOpen(pen, ink, mouth);
  } else {
    opening.half = half;
    opening.cornerY = cornerY;
    opening.sag = corners * 3.4;
    paintClosed(pen, ink, press);
  }
  pen.restore();
}

function trace(pen: CanvasRenderingContext2D): void {
  const { half, cornerY, up, down, sag } = opening;
  pen.beginPath();
  pen.moveTo(-half, cornerY);
  pen.bezierCurveTo(-half * 0.55, sag - up * 1.3, half * 0.55, sag - up * 1.3, half, cornerY);
  pen.bezierCurveTo(half * 0.8, sag + down * 1.33, -half * 0.8, sag + down * 1.33, -half, cornerY);
  pen.closePath();
}

function paintOpen(pen: CanvasRenderingContext2D, ink: Ink, mouth: Mouth): void {
  const { half, up, down, sag } = opening;
  pen.save();
  trace(pen);
  pen.fillStyle = ink.mouthInside;
  pen.fill();
  pen.clip();
  pen.fillStyle = '#e4727a';
  const lift = (mouth[MOUTH_AT.tongue] ?? 0) * clamp(down, 0, 6) * 0.75;
  pen.beginPath();
  pen.ellipse(0, sag + down * 1.12 - lift, half * 0.62, 4 + down * 0.22, 0, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = ink.eyeWhite;
  pen.beginPath();
  pen.roundRect(-half * 0.78, sag - up - 6, half * 1.56, 8.2 + 0.2 * down, 2.4);
  pen.fill();
  const tuck = mouth[MOUTH_AT.tuck] ?? 0;
  if (tuck > 0.05) {
    pen.fillStyle = ink.look.lips;
    pen.beginPath();
    pen.ellipse(0, sag + down + 3 - tuck * 2.4, half * 0.8, 3.2, 0, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.restore();
  trace(pen);
  pen.strokeStyle = ink.look.lips;
  pen.lineWidth = 2.4;
  pen.stroke();
}

function paintClosed(pen: CanvasRenderingContext2D, ink: Ink, press: number): void {
  const { half, cornerY, sag } = opening;
  pen.strokeStyle = ink.look.lips;
  pen.lineWidth = 2.8 - press;
  pen.beginPath();
  pen.moveTo(-half, cornerY);
  pen.quadraticCurveTo(0, sag * 2 - cornerY * 0.3, half, cornerY);
  pen.stroke();
}
