/**
 * Evens out the arrival of a reply's audio and counts what of it was played.
 *
 * Waits for a small prefetch before it starts, waits again (longer) after it ran dry, and never holds audio back for
 * longer than that prefetch lasts. An item on hold keeps its place, to the sample, and everything queued for it.
 * Positions are samples within an item's own audio, so that a report says exactly what was heard. Plain arithmetic:
 * the playback worklet drives it, tests drive it by hand.
 */
import { pcmToFloat } from './pcm.ts';

/** A piece of an item's audio. */
export interface ReplyChunk {
  readonly item: string;
  /** Index of the first sample within the item's audio. */
  readonly firstSample: number;
  readonly pcm: Int16Array<ArrayBuffer>;
}

/** How far an item has been played. */
export interface Playhead {
  readonly item: string;
  /** Samples of the item's audio played, from its start. */
  readonly played: number;
  /** Samples here and not yet played. */
  readonly buffered: number;
}

export interface JitterBufferLimits {
  /** Wait for this much before playing. */
  readonly prefetchSamples: number;
  /** The wait after running dry grows up to this. */
  readonly maxPrefetchSamples: number;
  /** What arrives beyond this is dropped, newest first. */
  readonly capacitySamples: number;
}

interface Track {
  played: number;
  buffered: number;
  isFinished: boolean;
  isHeld: boolean;
}

/** How fast the last sample fades once there is nothing to play, so that stopping does not click. */
const FADE = 0.94;
const INAUDIBLE = 1e-4;
/** Over how many samples an item comes back after a hold: 5 ms at 24 kHz, so that going on does not click. */
const RETURN_SAMPLES = 120;

/** See the module's docstring. */
export class JitterBuffer {
  readonly #limits: JitterBufferLimits;
  readonly #tracks = new Map<string, Track>();
  #queue: ReplyChunk[] = [];
  #offset = 0;
  #buffered = 0;
  #isPlaying = false;
  #prefetch: number;
  #waited = 0;
  #lastSample = 0;
  /** Samples still to be played at less than full strength. */
  #returning = 0;
  #ended: Playhead[] = [];
  #ranDry = false;

  /** Samples played, of all items. */
  samplesPlayed = 0;
  /** Times the audio ran out in mid-item. */
  underruns = 0;
  /** Samples dropped for want of room. */
  samplesDropped = 0;

  constructor(limits: JitterBufferLimits) {
    this.#limits = limits;
    this.#prefetch = limits.prefetchSamples;
  }

  /** Where the item that plays, or plays next, is; null when there is none. */
  get head(): Playhead | null {
    const first = this.#tracks.entries().next().value;
    return first === undefined ? null : playhead(first[0], first[1]);
  }

  /** Queues a chunk; returns false when there was no room for it. */
  push(chunk: ReplyChunk): boolean {
    const count = chunk.pcm.length;
    if (this.#buffered + count > this.#limits.capacitySamples) {
      this.samplesDropped += count;
      return false;
    }
    if (count === 0) return true;
    this.#endOthersThatRanDry(chunk.item);
    this.#track(chunk.item, chunk.firstSample).buffered += count;
    this.#queue.push(chunk);
    this.#buffered += count;
    return true;
  }

  /** Says that an item is complete: it may end without that being an underrun. */
  finish(item: string): void {
    const track = this.#tracks.get(item);
    if (track === undefined) return;
    track.isFinished = true;
    if (track.buffered === 0) this.#end(item, track);
  }

  /**
   * Falls silent within an item, at once or when it comes to it, and keeps all of it; or goes on from the sample where
   * it stopped. Returns where the item stands; null when it is over, or nothing of it has come.
   */
  setHeld(item: string, isHeld: boolean): Playhead | null {
    const track = this.#tracks.get(item);
    if (track === undefined) return null;
    track.isHeld = isHeld;
    return playhead(item, track);
  }

  /** Drops an item, or all (null); returns where each of them stood. */
  clear(item: string | null): readonly Playhead[] {
    const dropped = [...this.#tracks].filter(([name]) => item === null || name === item);
    const stood = dropped.map(([name, track]) => playhead(name, track));
    for (const [name, track] of dropped) {
      if (this.#queue[0]?.item === name) this.#offset = 0;
      this.#queue = this.#queue.filter((chunk) => chunk.item !== name);
      this.#buffered -= track.buffered;
      this.#tracks.delete(name);
    }
    if (this.#buffered === 0) this.#pause();
    return stood;
  }

  /** Fills `out` with audio, and with silence where there is none; returns how many samples were audio. */
  read(out: Float32Array): number {
    if (!this.#isPlaying && !this.#isOnHold) this.#considerStarting(out.length);
    const filled = this.#isPlaying ? this.#fill(out) : 0;
    if (this.#isOnHold) this.#returning = RETURN_SAMPLES;
    for (let index = filled; index < out.length; index += 1) {
      this.#lastSample = Math.abs(this.#lastSample) < INAUDIBLE ? 0 : this.#lastSample * FADE;
      out[index] = this.#lastSample;
    }
    this.samplesPlayed += filled;
    return filled;
  }

  /** The items played to their end since this was last asked. */
  takeEnded(): readonly Playhead[] {
    if (this.#ended.length === 0) return this.#ended;
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  get #isOnHold(): boolean {
    const next = this.#queue[0];
    return next !== undefined && this.#isHeld(next.item);
  }

  #isHeld(item: string): boolean {
    return this.#tracks.get(item)?.isHeld ?? false;
  }

  #considerStarting(askedSamples: number): void {
    const head = this.#queue[0];
    if (head === undefined) return;
    this.#waited += askedSamples;
    const isComplete = this.#tracks.get(head.item)?.isFinished ?? false;
    if (isComplete || this.#buffered >= this.#prefetch || this.#waited > this.#prefetch)
      this.#isPlaying = true;
  }

  #fill(out: Float32Array): number {
    let filled = 0;
    for (let chunk = this.#queue[0]; chunk !== undefined && filled < out.length; chunk = this.#queue[0]) {
      if (this.#isHeld(chunk.item)) break;
      filled += this.#copy(chunk, out, filled);
      if (this.#offset === chunk.pcm.length) this.#advance(chunk);
    }
    if (this.#queue.length === 0) this.#pause();
    return filled;
  }

  #copy(chunk: ReplyChunk, out: Float32Array, at: number): number {
    const count = Math.min(out.length - at, chunk.pcm.length - this.#offset);
    for (let index = 0; index < count; index += 1) {
      out[at + index] = pcmToFloat(chunk.pcm[this.#offset + index] ?? 0) * this.#strength();
    }
    this.#lastSample = out[at + count - 1] ?? 0;
    this.#offset += count;
    this.#buffered -= count;
    const track = this.#track(chunk.item, chunk.firstSample);
    track.buffered -= count;
    track.played = chunk.firstSample + this.#offset;
    return count;
  }

  #strength(): number {
    if (this.#returning === 0) return 1;
    this.#returning -= 1;
    return 1 - this.#returning / RETURN_SAMPLES;
  }

  #advance(chunk: ReplyChunk): void {
    this.#queue.shift();
    this.#offset = 0;
    const track = this.#track(chunk.item, chunk.firstSample);
    if (track.buffered > 0) return;
    // Another item's audio follows: this one gets no more.
    if (track.isFinished || this.#queue.length > 0) this.#end(chunk.item, track);
    else this.#runDry();
  }

  /** Audio of another item has come: what ran dry before it gets no more. */
  #endOthersThatRanDry(item: string): void {
    for (const [name, track] of this.#tracks) {
      if (name !== item && track.buffered === 0) this.#end(name, track);
    }
  }

  #runDry(): void {
    this.underruns += 1;
    this.#ranDry = true;
    this.#prefetch = Math.min(this.#limits.maxPrefetchSamples, 2 * this.#prefetch);
  }

  #end(item: string, track: Track): void {
    this.#tracks.delete(item);
    this.#ended.push(playhead(item, track));
    if (!this.#ranDry) this.#prefetch = Math.max(this.#limits.prefetchSamples, this.#prefetch / 2);
    this.#ranDry = false;
  }

  #pause(): void {
    this.#isPlaying = false;
    this.#waited = 0;
  }

  #track(item: string, firstSample: number): Track {
    let track = this.#tracks.get(item);
    if (track === undefined) {
      track = { played: firstSample, buffered: 0, isFinished: false, isHeld: false };
      this.#tracks.set(item, track);
    }
    return track;
  }
}

function playhead(item: string, { played, buffered }: Track): Playhead {
  return { item, played, buffered };
}
