/**
 * Draws a pose with a pen: head, hair, eyes, mouth.
 *
 * Owns the drawing and nothing of the page. A head that turns is drawn by moving what lies in front further than what lies
 * behind. Gradients are made when the size changes, not in a frame.
 */
import type { Look } from '../looks.ts';
import { blend } from '../looks.ts';
import { AT } from '../motion/index.ts';
import type { Mouth, Pose } from '../motion/index.ts';
import { paintBrow, paintEye } from './eyes.ts';
import { paintBack, paintBody, paintFringe, paintHand } from './hair.ts';
import { paintMouth } from './mouth.ts';
import type { Ink } from './ink.ts';

/** The drawing's own units: the head is about 100 high, its middle at 0,0. */
const VIEW = { width: 190, height: 190, middleX: 95, middleY: 84 };

export class FlatPainter {
  readonly #context: CanvasRenderingContext2D;
  readonly #ink: Ink;
  #scale = 1;
  #left = 0;
  #top = 0;

  constructor(context: CanvasRenderingContext2D, look: Look, isDark: boolean) {
    this.#context = context;
    this.#ink = inkOf(context, look, isDark);
  }

  resize(width: number, height: number): void {
    this.#scale = Math.min(width / VIEW.width, height / VIEW.height);
    this.#left = width / 2;
    this.#top = height - (VIEW.height - VIEW.middleY) * this.#scale;
  }

  paint(pose: Pose, mouth: Mouth): void {
    const pen = this.#context;
    const { canvas } = pen;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(this.#scale, 0, 0, this.#scale, this.#left, this.#top);
    pen.lineCap = 'round';
    pen.lineJoin = 'round';
    const turn = pose[AT.headYaw] ?? 0;
    const tip = pose[AT.headPitch] ?? 0;
    pen.translate((pose[AT.sway] ?? 0) * 60, -(pose[AT.breath] ?? 0) * 0.9);
    this.#tilt(pose);
    paintBack(pen, this.#ink, turn);
    pen.restore();
    paintBody(pen, this.#ink, pose[AT.breath] ?? 0);
    this.#tilt(pose);
    this.#paintHead(pose, mouth, turn, tip);
    pen.restore();
    paintHand(pen, this.#ink, pose[AT.wave] ?? 0, pose[AT.waveSwing] ?? 0);
  }

  /** Goes to where the head is; the pen's `restore` comes back from there. */
  #tilt(pose: Pose): void {
    const pen = this.#context;
    pen.save();
    pen.translate(0, 52);
    pen.rotate((pose[AT.headRoll] ?? 0) * 0.9 + (pose[AT.sway] ?? 0));
    pen.translate((pose[AT.headYaw] ?? 0) * 8, -52 + (pose[AT.headPitch] ?? 0) * 14);
  }

  #paintHead(pose: Pose, mouth: Mouth, turn: number, tip: number): void {
    const pen = this.#context;
    const ink = this.#ink;
    paintSkull(pen, ink, turn, mouth);
    pen.save();
    pen.translate(turn * 26, tip * 34);
    paintCheeks(pen, ink, pose[AT.cheek] ?? 0);
    paintEye(pen, ink, pose, -1);
    paintEye(pen, ink, pose, 1);
    paintNose(pen, ink, turn);
    paintMouth(pen, ink, mouth);
    pen.restore();
    paintFringe(pen, ink, turn, tip);
    pen.save();
    pen.translate(turn * 26, tip * 34);
    paintBrow(pen, ink, pose, -1);
    paintBrow(pen, ink, pose, 1);
    pen.restore();
  }
}

function paintSkull(pen: CanvasRenderingContext2D, ink: Ink, turn: number, mouth: Mouth): void {
  const chin = 48 + (mouth[0] ?? 0) * 5;
  pen.fillStyle = ink.shade;
  for (const side of EARS) {
    pen.beginPath();
    pen.ellipse(side * 43 - turn * 10, 3, 7, 10, side * 0.15, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.fillStyle = ink.skin;
  pen.beginPath();
  pen.moveTo(-43, -8);
  pen.bezierCurveTo(-43, -68, 43, -68, 43, -8);
  pen.bezierCurveTo(43, 22, 28, chin, 0, chin);
  pen.bezierCurveTo(-28, chin, -43, 22, -43, -8);
  pen.fill();
}

const EARS = [-1, 1] as const;

function paintCheeks(pen: CanvasRenderingContext2D, ink: Ink, cheek: number): void {
  pen.fillStyle = ink.look.blush;
  pen.globalAlpha = 0.3 + 0.25 * Math.max(0, cheek);
  for (const side of EARS) {
    pen.beginPath();
    pen.ellipse(side * 28, 16 - cheek * 1.5, 8.5, 5.5, 0, 0, 2 * Math.PI);
    pen.fill();
  }
  if (ink.look.hasFreckles) {
    pen.fillStyle = ink.deep;
    pen.globalAlpha = 0.35;
    for (const side of EARS) {
      for (let dot = 0; dot < 3; dot += 1) {
        pen.beginPath();
        pen.arc(side * (20 + dot * 5), 11 + (dot % 2) * 3.4, 0.75, 0, 2 * Math.PI);
        pen.fill();
      }
    }
  }
  pen.globalAlpha = 1;
}

function paintNose(pen: CanvasRenderingContext2D, ink: Ink, turn: number): void {
  pen.strokeStyle = ink.deep;
  pen.globalAlpha = 0.75;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(-3.6 + turn * 6, 14);
  pen.quadraticCurveTo(turn * 10, 17.8, 3.6 + turn * 6, 14);
  pen.stroke();
  pen.globalAlpha = 1;
}

function inkOf(pen: CanvasRenderingContext2D, look: Look, isDark: boolean): Ink {
  const skin = pen.createLinearGradient(0, -50, 0, 52);
  skin.addColorStop(0, blend(look.skin, '#fff4e6', 0.22));
  skin.addColorStop(1, blend(look.skin, '#c0563c', 0.14));
  const hair = pen.createLinearGradient(-40, -60, 40, 40);
  hair.addColorStop(0, blend(look.hair, look.hairGlow, 0.65));
  hair.addColorStop(0.55, look.hair);
  hair.addColorStop(1, blend(look.hair, '#000000', 0.15));
  const top = pen.createLinearGradient(0, 60, 0, 110);
  top.addColorStop(0, blend(look.top, '#ffffff', 0.12));
  top.addColorStop(1, blend(look.top, '#101018', 0.25));
  return {
    look,
    skin,
    hair,
    top,
    shade: blend(look.skin, '#a8452e', 0.22),
    deep: blend(look.skin, '#7e2c20', 0.5),
    hairShade: blend(look.hair, '#000000', 0.28),
    mouthInside: '#6b1f28',
    eyeWhite: isDark ? '#f4f1ec' : '#fffdf9',
    irisEdge: blend(look.iris, '#06090d', 0.55),
    irisGlow: blend(look.iris, '#ffffff', 0.35),
  };
}
