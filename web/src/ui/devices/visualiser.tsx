/** The sound of this moment as a moving picture: its wave, or its pitches. */
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

import { everyFrame } from '../../frames/index.ts';
import type { VisualiserMode } from '../../state/index.ts';
import { loudness } from '../levels.ts';
import type { Sound } from '../page-context.ts';
import { useConversation } from '../page-context.ts';
import { Brush } from './brush.ts';
import { Bars, BINS, Wave } from './shapes.ts';

interface VisualiserProps {
  /** What to draw; null for silence. */
  readonly read: () => Sound | null;
  readonly isActive: boolean;
  readonly mode: VisualiserMode;
  /** Told a few times a second: 0 for silence, 1 for loud speech. */
  readonly onLevel?: (level: number) => void;
}

const LOOK_SAMPLES = 2048;
const POINTS = 160;
/** Assistive technology is told this often, and the colour asked for: asking at every frame costs more than drawing. */
const TELL_MS = 250;
/** Of this many samples the level is: about 10 ms, or it would lag behind. */
const LEVEL_SAMPLES = 512;
/** Where movement is not wanted, the picture changes this seldom. */
const CALM_FRAME_MS = 120;

export function Visualiser({ read, isActive, mode, onLevel }: VisualiserProps): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const newest = useRef({ read, onLevel });
  const theme = useConversation(({ preferences }) => preferences.theme);
  const motion = useConversation(({ preferences }) => preferences.motion);

  useEffect(() => {
    newest.current = { read, onLevel };
  });
  useEffect(() => {
    if (canvas.current === null) return undefined;
    const picture = new Picture(canvas.current, mode, motion === 'reduced');
    picture.rest();
    if (!isActive) {
      newest.current.onLevel?.(0);
      const scheme = window.matchMedia('(prefers-color-scheme: dark)');
      const end = new AbortController();
      scheme.addEventListener(
        'change',
        () => {
          picture.rest();
        },
        { signal: end.signal },
      );
      return () => {
        end.abort();
        picture.close();
      };
    }
    const stop = everyFrame((nowMs) => {
      const level = picture.draw(newest.current.read(), nowMs);
      if (level !== null) newest.current.onLevel?.(level);
    });
    return () => {
      stop();
      picture.close();
    };
  }, [isActive, mode, theme, motion]);

  return <canvas ref={canvas} className="visualiser" data-visualiser={mode} aria-hidden="true" />;
}

/** What one canvas shows; everything a frame needs is made here once. */
class Picture {
  readonly #canvas: HTMLCanvasElement;
  readonly #mode: VisualiserMode;
  readonly #brush: Brush;
  readonly #wave = new Wave(POINTS);
  readonly #bars = new Bars();
  readonly #look = new Float32Array(LOOK_SAMPLES);
  readonly #newestSamples = this.#look.subarray(LOOK_SAMPLES - LEVEL_SAMPLES);
  readonly #spectrum = new Uint8Array(BINS);
  readonly #isCalm: boolean;
  #colour = '';
  #drawnAt = 0;
  #toldAt = 0;
  #peak = 0;
  /** Silence is shown. */
  #isFlat = false;

  constructor(canvas: HTMLCanvasElement, mode: VisualiserMode, isCalm: boolean) {
    this.#canvas = canvas;
    this.#mode = mode;
    this.#isCalm = isCalm || window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#bars.isCalm = this.#isCalm;
    this.#brush = new Brush(canvas, () => {
      this.#paint();
    });
  }

  /** Shows silence. */
  rest(): void {
    this.#wave.clear();
    this.#bars.clear();
    this.#colour = getComputedStyle(this.#canvas).color;
    this.#paint();
  }

  /** Shows the sound of this moment; returns its level when it is time to tell it. */
  draw(sound: Sound | null, nowMs: number): number | null {
    const passedMs = nowMs - this.#drawnAt;
    if (this.#isCalm && passedMs < CALM_FRAME_MS) return null;
    this.#drawnAt = nowMs;
    const wasFlat = this.#isFlat;
    this.#listen(sound, Math.min(0.25, passedMs / 1000));
    // A picture that stays as it is costs the browser nothing; most of the time one side is silent.
    if (!wasFlat || !this.#isFlat) this.#paint();
    if (nowMs - this.#toldAt < TELL_MS) return null;
    this.#toldAt = nowMs;
    this.#colour = getComputedStyle(this.#canvas).color;
    const level = this.#peak;
    this.#peak = 0;
    return level;
  }

  close(): void {
    this.#brush.close();
  }

  #listen(sound: Sound | null, seconds: number): void {
    if (sound === null) {
      this.#wave.clear();
      this.#bars.clear();
      this.#isFlat = true;
      return;
    }
    sound.read(this.#look);
    const level = loudness(this.#newestSamples);
    this.#peak = Math.max(this.#peak, level);
    if (this.#mode === 'waveform') {
      if (level === 0) this.#wave.clear();
      else this.#wave.take(this.#look);
      this.#isFlat = level === 0;
      return;
    }
    sound.readSpectrum(this.#spectrum);
    this.#bars.take(this.#spectrum, sound.highestHz, seconds);
    this.#isFlat = this.#bars.isFlat;
  }

  #paint(): void {
    if (this.#mode === 'waveform') this.#brush.wave(this.#wave.points, this.#colour);
    else this.#brush.bars(this.#bars.heights, this.#colour);
  }
}
