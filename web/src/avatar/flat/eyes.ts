/** Draws eyes and brows. */
import { AT } from '../motion/index.ts';
import type { Pose } from '../motion/index.ts';
import { clamp } from '../motion/easing.ts';
import type { Ink } from './ink.ts';

const WIDTH = 10.5;
const HEIGHT = 12;

/** One eye; `side` is -1 for the one on the viewer's left. */
export function paintEye(pen: CanvasRenderingContext2D, ink: Ink, pose: Pose, side: number): void {
  const blink = pose[side < 0 ? AT.blinkLeft : AT.blinkRight] ?? 0;
  const wide = pose[AT.lidWide] ?? 0;
  const droop = pose[AT.lidDroop] ?? 0;
  const squint = pose[AT.squint] ?? 0;
  const upper = clamp(1 + 0.16 * wide - 0.7 * droop - 0.12 * squint, 0, 1.2) * (1 - blink);
  const lower = clamp(1 - 0.5 * squint, 0, 1) * (1 - blink) - 0.28 * blink;
  pen.save();
  pen.translate(side * 19, -1);
  if (blink < 0.96) {
    pen.save();
    outline(pen, upper, lower);
    pen.fillStyle = ink.eyeWhite;
    pen.fill();
    pen.clip();
    paintIris(pen, ink, (pose[AT.gazeX] ?? 0) * 5, -(pose[AT.gazeY] ?? 0) * 5);
    pen.restore();
  }
  paintLashes(pen, ink, side, upper);
  pen.restore();
}

function outline(pen: CanvasRenderingContext2D, upper: number, lower: number): void {
  pen.beginPath();
  pen.moveTo(-WIDTH, 1);
  pen.bezierCurveTo(-WIDTH, -HEIGHT * upper * 1.3, WIDTH, -HEIGHT * upper * 1.3, WIDTH, 1);
  pen.bezierCurveTo(WIDTH, HEIGHT * lower * 1.25, -WIDTH, HEIGHT * lower * 1.25, -WIDTH, 1);
}

function paintIris(pen: CanvasRenderingContext2D, ink: Ink, x: number, y: number): void {
  pen.fillStyle = ink.irisEdge;
  disc(pen, x, y, 8);
  pen.fillStyle = ink.look.iris;
  disc(pen, x, y + 0.3, 6.9);
  pen.fillStyle = ink.irisGlow;
  disc(pen, x, y + 3, 3.9);
  pen.fillStyle = ink.look.iris;
  disc(pen, x, y + 0.8, 4.9);
  pen.fillStyle = '#120d10';
  disc(pen, x, y, 4);
  pen.fillStyle = '#ffffff';
  disc(pen, x + 2.7, y - 3.2, 2.3);
  pen.fillStyle = '#ffffffb0';
  disc(pen, x - 2.6, y + 3.2, 1.2);
}

function disc(pen: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function paintLashes(pen: CanvasRenderingContext2D, ink: Ink, side: number, upper: number): void {
  const { firmness } = ink.look;
  const edge = upper > 0.08 ? -HEIGHT * upper * 1.3 : 5;
  pen.strokeStyle = ink.look.brows;
  pen.lineWidth = 2.6 - 0.7 * firmness;
  pen.beginPath();
  pen.moveTo(-WIDTH - 0.6, 1.4);
  pen.bezierCurveTo(-WIDTH, edge, WIDTH, edge, WIDTH + 0.6, 1.4);
  pen.stroke();
  if (firmness > 0.5) return;
  const flick = upper > 0.08 ? -4 : 3.4;
  pen.beginPath();
  pen.moveTo(side * (WIDTH - 1), flick * 0.3);
  pen.quadraticCurveTo(side * (WIDTH + 1.8), flick * 0.35, side * (WIDTH + 3.4), flick * 0.95);
  pen.stroke();
}

/** One brow. */
export function paintBrow(pen: CanvasRenderingContext2D, ink: Ink, pose: Pose, side: number): void {
  const inner = pose[AT.browInner] ?? 0;
  const outer = pose[side < 0 ? AT.browLeft : AT.browRight] ?? 0;
  const down = pose[AT.browDown] ?? 0;
  const innerY = -19 - inner * 5 - outer * 2 + down * 5;
  const middleY = -23.5 - outer * 5 - inner * 1.5 + down * 3.4;
  const outerY = -18.5 - outer * 4.5 + down * 1.5;
  pen.strokeStyle = ink.look.brows;
  pen.lineWidth = 3.1 + 0.9 * ink.look.firmness;
  pen.beginPath();
  pen.moveTo(side * (9.5 - down * 2), innerY);
  pen.quadraticCurveTo(side * 19, middleY, side * 29, outerY);
  pen.stroke();
}
