/** Draws what frames the face: hair behind and before it, neck and clothes, and a hand that waves. */
import type { HairStyle } from '../looks.ts';
import { smoothstep } from '../motion/index.ts';
import type { Ink } from './ink.ts';

type Pen = CanvasRenderingContext2D;

const SIDES = [-1, 1] as const;

/** The hair behind the head. */
export function paintBack(pen: Pen, ink: Ink, turn: number): void {
  pen.fillStyle = ink.hairShade;
  BACKS[ink.look.hairStyle](pen, ink, -turn * 10);
}

const BACKS: Readonly<Record<HairStyle, (pen: Pen, ink: Ink, shift: number) => void>> = {
  bob: (pen, _, shift) => {
    pen.beginPath();
    pen.moveTo(-52 + shift, 0);
    pen.bezierCurveTo(-54, -82, 54, -82, 52 + shift, 0);
    pen.bezierCurveTo(58, 28, 56, 48, 40 + shift, 52);
    pen.lineTo(-40 + shift, 52);
    pen.bezierCurveTo(-56, 48, -58, 28, -52 + shift, 0);
    pen.fill();
  },
  buns: (pen, ink, shift) => {
    pen.fillStyle = ink.hair;
    for (const side of SIDES) disc(pen, side * 34 + shift, -52, 17);
    pen.fillStyle = ink.look.accent;
    for (const side of SIDES) disc(pen, side * 27 + shift, -42, 7);
    pen.fillStyle = ink.hairShade;
    dome(pen, shift, 49, 10);
  },
  crop: (pen, _, shift) => {
    dome(pen, shift, 46, 4);
  },
  curls: (pen, _, shift) => {
    for (let index = 0; index <= 10; index += 1) {
      const angle = Math.PI * (0.92 + (1.16 * index) / 10);
      disc(pen, shift + 43 * Math.cos(angle), -10 + 42 * Math.sin(angle), 16);
    }
    for (const side of SIDES) disc(pen, shift + side * 45, 22, 13);
  },
};

function dome(pen: Pen, shift: number, half: number, bottom: number): void {
  pen.beginPath();
  pen.moveTo(-half + shift, bottom);
  pen.bezierCurveTo(-half - 3, -80, half + 3, -80, half + shift, bottom);
  pen.fill();
}

function disc(pen: Pen, x: number, y: number, radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

/** The hair before the forehead, and glasses. */
export function paintFringe(pen: Pen, ink: Ink, turn: number, tip: number): void {
  const shift = turn * 12;
  pen.fillStyle = ink.hair;
  FRINGES[ink.look.hairStyle](pen, shift, tip * 10);
  if (ink.look.hasGlasses) paintGlasses(pen, ink, turn * 26, tip * 34);
}

const FRINGES: Readonly<Record<HairStyle, (pen: Pen, shift: number, drop: number) => void>> = {
  bob: (pen, shift, drop) => {
    cap(pen, 47, 6);
    pen.bezierCurveTo(38, -16, 30 + shift, -34 + drop, -8 + shift, -38 + drop);
    pen.bezierCurveTo(-24 + shift, -32 + drop, -40, -18, -47, 30);
    pen.fill();
  },
  buns: (pen, shift, drop) => {
    cap(pen, 46, 0);
    pen.bezierCurveTo(42, -20, 34 + shift, -27 + drop, 22 + shift, -27 + drop);
    pen.quadraticCurveTo(shift, -31 + drop, -22 + shift, -27 + drop);
    pen.bezierCurveTo(-34 + shift, -27 + drop, -42, -20, -46, 14);
    pen.fill();
  },
  crop: (pen, shift, drop) => {
    cap(pen, 45.5, -8);
    pen.bezierCurveTo(41, -22, 40 + shift, -34 + drop, 28 + shift, -35 + drop);
    pen.bezierCurveTo(10 + shift, -33 + drop, -12 + shift, -44 + drop, -30 + shift, -33 + drop);
    pen.bezierCurveTo(-38 + shift, -28 + drop, -41, -18, -45.5, 0);
    pen.fill();
  },
  curls: (pen, shift, drop) => {
    for (let index = 0; index <= 6; index += 1) {
      disc(pen, shift - 33 + 11 * index, -44 + drop + 2.2 * Math.abs(index - 3) ** 1.4, 11.5);
    }
  },
};

/** Over the skull from the left to the right ear. */
function cap(pen: Pen, half: number, bottom: number): void {
  pen.beginPath();
  pen.moveTo(-half, bottom + 8);
  pen.bezierCurveTo(-half - 9, -90, half + 9, -90, half, bottom + 8);
}

function paintGlasses(pen: Pen, ink: Ink, x: number, y: number): void {
  pen.strokeStyle = ink.look.accent;
  pen.lineWidth = 1.9;
  for (const side of SIDES) {
    pen.beginPath();
    pen.arc(x + side * 19, y, 15.4, 0, 2 * Math.PI);
    pen.stroke();
  }
  pen.beginPath();
  pen.moveTo(x - 4, y - 3);
  pen.quadraticCurveTo(x, y - 5.4, x + 4, y - 3);
  pen.stroke();
}

/** Neck, shoulders and collar. */
export function paintBody(pen: Pen, ink: Ink, breath: number): void {
  const rise = breath * 0.8;
  pen.fillStyle = ink.shade;
  pen.beginPath();
  pen.roundRect(-14, 34, 28, 40, 12);
  pen.fill();
  pen.fillStyle = ink.top;
  pen.beginPath();
  pen.moveTo(-70 - rise, 116);
  pen.bezierCurveTo(-68 - rise, 78 - rise, -40, 70 - rise, -17, 64);
  pen.quadraticCurveTo(0, 78, 17, 64);
  pen.bezierCurveTo(40, 70 - rise, 68 + rise, 78 - rise, 70 + rise, 116);
  pen.fill();
  pen.strokeStyle = ink.look.trim;
  pen.lineWidth = 4;
  pen.beginPath();
  pen.moveTo(-17, 64);
  pen.quadraticCurveTo(0, 78, 17, 64);
  pen.stroke();
}

/** A hand that comes up from below; `wave` 0 is out of the picture. */
export function paintHand(pen: Pen, ink: Ink, wave: number, swing: number): void {
  if (wave < 0.01) return;
  pen.save();
  pen.translate(66, 116 - 36 * smoothstep(0, 1, wave));
  pen.rotate(0.12 + swing * 0.8);
  pen.fillStyle = ink.top;
  pen.beginPath();
  pen.roundRect(-9, 6, 18, 60, 8);
  pen.fill();
  pen.fillStyle = ink.shade;
  for (let finger = 0; finger < 4; finger += 1) {
    const angle = -0.42 + finger * 0.28;
    pen.save();
    pen.rotate(angle);
    pen.beginPath();
    pen.roundRect(-3, -30, 6, 24, 3);
    pen.fill();
    pen.restore();
  }
  pen.save();
  pen.rotate(-1.05);
  pen.beginPath();
  pen.roundRect(-3.2, -22, 6.4, 20, 3.2);
  pen.fill();
  pen.restore();
  pen.beginPath();
  pen.roundRect(-10, -14, 20, 24, 9);
  pen.fill();
  pen.restore();
}
