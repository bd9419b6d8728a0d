/** A moving picture of how loud one side is. */
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

import { LevelHistory, loudness } from './levels.ts';
import { useConversation } from './page-context.ts';
import type { Sound } from './page-context.ts';
import { useFrames } from './use-frames.ts';

interface LevelStripProps {
  /** Names the meter for tests, and its colour for the style sheet. */
  readonly name: 'mic-level' | 'reply-level';
  readonly label: string;
  /** Short, to be seen under the picture. */
  readonly caption: string;
  readonly isActive: boolean;
  readonly read: () => Sound | null;
}

const BARS = 24;
const STEP_MS = 60;
const LOOK_SAMPLES = 512;
/** Assistive technology is told this often, and the colour asked for: asking at every frame would cost more than drawing. */
const TELL_MS = 250;
const BAR_SHARE = 0.5;
/** Above 1, loud and soft look more different than they are. */
const STEEPNESS = 1.7;

export function LevelStrip({ name, label, caption, isActive, read }: LevelStripProps): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const meter = useRef<HTMLDivElement>(null);
  const history = useRef(new LevelHistory(BARS, STEP_MS));
  const look = useRef(new Float32Array(LOOK_SAMPLES));
  const toldAt = useRef(0);
  const colour = useRef('');
  const theme = useConversation(({ preferences }) => preferences.theme);

  useFrames(isActive, (nowMs) => {
    const sound = read();
    sound?.read(look.current);
    const level = sound === null ? 0 : loudness(look.current);
    history.current.add(level, nowMs);
    if (nowMs - toldAt.current >= TELL_MS) {
      toldAt.current = nowMs;
      colour.current = colourOf(canvas.current);
      meter.current?.setAttribute('aria-valuenow', `${Math.round(100 * level)}`);
    }
    if (canvas.current !== null) draw(canvas.current, history.current.levels, colour.current);
  });

  useEffect(() => {
    const strip = canvas.current;
    if (isActive || strip === null) return undefined;
    history.current.clear();
    meter.current?.setAttribute('aria-valuenow', '0');
    const { levels } = history.current;
    const redraw = (): void => {
      draw(strip, levels, colourOf(strip));
    };
    redraw();
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
    };
  }, [isActive, theme]);

  return (
    <div
      ref={meter}
      className={`level ${name}`}
      data-testid={name}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    >
      <canvas ref={canvas} />
      <span className="level-label" aria-hidden="true">
        {caption}
      </span>
    </div>
  );
}

/** Bars around the middle, newest on the left: the user's sound flows to the disc, the reply's away from it. */
function draw(canvas: HTMLCanvasElement, levels: readonly number[], colour: string): void {
  const brush = canvas.getContext('2d');
  if (brush === null) return;
  fitToScreen(canvas);
  const { width, height } = canvas;
  const pitch = width / levels.length;
  const thickness = Math.max(1, pitch * BAR_SHARE);
  brush.clearRect(0, 0, width, height);
  brush.fillStyle = colour;
  brush.beginPath();
  levels.forEach((level, index) => {
    const length = Math.max(thickness, level ** STEEPNESS * height);
    brush.roundRect(
      index * pitch + (pitch - thickness) / 2,
      (height - length) / 2,
      thickness,
      length,
      thickness / 2,
    );
  });
  brush.fill();
}

function colourOf(canvas: HTMLCanvasElement | null): string {
  return canvas === null ? '' : getComputedStyle(canvas).color;
}

function fitToScreen(canvas: HTMLCanvasElement): void {
  const width = Math.round(canvas.clientWidth * devicePixelRatio);
  const height = Math.round(canvas.clientHeight * devicePixelRatio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
