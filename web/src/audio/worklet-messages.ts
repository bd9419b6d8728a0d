/** What the page and the two worklets say to each other; types only, so that both sides may import it. */
import type { Playhead, ReplyChunk } from './jitter-buffer.ts';
import type { Pace } from './playhead-pace.ts';

/** Names under which the worklets are registered. */
export const CAPTURE_WORKLET = 'vivavoce-capture';
export const PLAYBACK_WORKLET = 'vivavoce-playback';

export interface CaptureOptions {
  readonly outputHz: number;
  readonly frameSamples: number;
}

/** To either worklet: stop for good. A browser keeps the nodes of a context that was closed over running worklets. */
export const END = 'end';

/** From the capture worklet: a frame, whose memory is handed over. */
export type CaptureMessage = Int16Array<ArrayBuffer>;

export interface PlaybackOptions {
  readonly inputHz: number;
}

export type PlaybackRequest =
  | typeof END
  | { readonly kind: 'chunk'; readonly chunk: ReplyChunk }
  | { readonly kind: 'finish'; readonly item: string }
  | { readonly kind: 'hold' | 'resume'; readonly item: string }
  | { readonly kind: 'clear'; readonly item: string | null };

/** Every message carries the totals, so that the page's copy is never older than the newest message. */
export interface PlaybackTotals {
  readonly samplesPlayed: number;
  readonly flushes: number;
  readonly underruns: number;
}

export interface PaceMessage {
  readonly kind: 'pace';
  readonly pace: Pace;
  readonly totals: PlaybackTotals;
}

export interface PlayheadMessage {
  readonly kind: 'progress' | 'ended' | 'stood' | 'cleared';
  readonly playhead: Playhead;
  readonly totals: PlaybackTotals;
}

export type PlaybackMessage = PaceMessage | PlayheadMessage;
