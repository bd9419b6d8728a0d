import { describe, expect, it, vi } from 'vitest';

import type { OpenSideOutput, SideSource } from '../audio/index.ts';
import { SideSound } from './side-sound.ts';

const SOUND: SideSource = { samples: new Float32Array(480), sampleRateHz: 24_000 };

/** A promise that the test keeps when it wants to. */
function later<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}

/** Outputs that play until the test ends them. */
function setUp() {
  const outputs: { speaker: string; close: () => void; end: () => void; isClosed: boolean }[] = [];
  const open: OpenSideOutput = (speaker) => {
    const over = later<undefined>();
    const output = {
      speaker,
      isClosed: false,
      end: () => {
        over.resolve(undefined);
      },
      close: () => {
        output.isClosed = true;
        over.resolve(undefined);
      },
    };
    outputs.push(output);
    return { close: output.close, play: () => over.promise };
  };
  const makeWay = vi.fn();
  const sound = new SideSound({ open, speaker: () => 'headphones', makeWay });
  return { sound, outputs, makeWay };
}

const soon = (): Promise<SideSource> => Promise.resolve(SOUND);
const settle = () => vi.waitFor(() => Promise.resolve());

describe('sound beside the conversation', () => {
  it('should play on the chosen loudspeaker, and be silent at its end', async () => {
    const { sound, outputs } = setUp();
    const playing = sound.play('reply a1', soon);
    expect(sound.state).toEqual({ kind: 'fetching', name: 'reply a1' });
    await settle();
    expect(sound.state).toEqual({ kind: 'playing', name: 'reply a1' });
    expect(outputs[0]?.speaker).toBe('headphones');
    outputs[0]?.end();
    await playing;
    expect([sound.state.kind, outputs[0]?.isClosed]).toEqual(['silent', true]);
  });

  it('should be one at a time, whatever it is', async () => {
    const { sound, outputs } = setUp();
    const first = sound.play('reply a1', soon);
    await settle();
    void sound.play('voice viva', soon);
    await first;
    await settle();
    expect(outputs.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expect(sound.state).toEqual({ kind: 'playing', name: 'voice viva' });
  });

  it('should silence the rest when it is heard, and not before', async () => {
    const { sound, makeWay } = setUp();
    const fetched = later<SideSource>();
    void sound.play('voice viva', () => fetched.promise);
    await settle();
    expect(makeWay).not.toHaveBeenCalled();
    fetched.resolve(SOUND);
    await settle();
    expect(makeWay).toHaveBeenCalledOnce();
  });

  it('should silence nothing for what is not heard', async () => {
    const { sound, makeWay } = setUp();
    await sound.play('entry e1', () => Promise.reject(new Error('gone')));
    const ended = sound.play('entry e2', soon);
    sound.stop();
    await ended;
    expect(makeWay).not.toHaveBeenCalled();
  });

  it('should never begin what was ended while it was fetched', async () => {
    const { sound, outputs } = setUp();
    const fetched = later<SideSource>();
    let isWanted = true;
    const playing = sound.play('entry e1', (signal) => {
      signal.addEventListener('abort', () => {
        isWanted = false;
      });
      return fetched.promise;
    });
    sound.stop();
    expect([isWanted, outputs[0]?.isClosed]).toEqual([false, true]);
    fetched.resolve(SOUND);
    await playing;
    expect(sound.state.kind).toBe('silent');
  });

  it('should say why it could not be played, until something else is', async () => {
    const { sound, outputs } = setUp();
    const reason = new Error('gone');
    await sound.play('entry e1', () => Promise.reject(reason));
    expect(sound.state).toEqual({ kind: 'failed', name: 'entry e1', reason });
    expect(outputs[0]?.isClosed).toBe(true);
    void sound.play('entry e2', soon);
    expect(sound.state).toEqual({ kind: 'fetching', name: 'entry e2' });
  });

  it('should say so where no sound can be had', async () => {
    const sound = new SideSound({
      open: () => {
        throw new Error('no output');
      },
      speaker: () => '',
      makeWay: vi.fn(),
    });
    await sound.play('reply a1', soon);
    expect(sound.state.kind).toBe('failed');
  });

  it('should end only those of a name', async () => {
    const { sound } = setUp();
    void sound.play('reply a1', soon);
    await settle();
    sound.stop('voice ');
    expect(sound.state.kind).toBe('playing');
    sound.stop('reply ');
    expect(sound.state.kind).toBe('silent');
  });

  it('should tell who watches, until they stop', () => {
    const { sound } = setUp();
    const seen = vi.fn();
    const end = sound.subscribe(seen);
    void sound.play('reply a1', soon);
    end();
    sound.stop();
    expect(seen).toHaveBeenCalledOnce();
  });
});
