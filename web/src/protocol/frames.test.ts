import { describe, expect, it } from 'vitest';

import { FrameError, packInputAudio, unpackOutputAudio } from './frames.ts';

/** As the server packs it: struct "<BBHIQ" and the samples. */
function outputFrame(header: { kind: number; firstSample: bigint }, samples: readonly number[]): ArrayBuffer {
  const buffer = new ArrayBuffer(16 + samples.length * 2);
  const view = new DataView(buffer);
  view.setUint8(0, header.kind);
  view.setUint16(2, 513, true);
  view.setUint32(4, 70_000, true);
  view.setBigUint64(8, header.firstSample, true);
  samples.forEach((sample, index) => {
    view.setInt16(16 + index * 2, sample, true);
  });
  return buffer;
}

describe('input frames', () => {
  it('should begin with the kind byte and carry the samples little-endian', () => {
    const bytes = new Uint8Array(packInputAudio(Int16Array.of(1, -2, 32767, -32768)));
    expect([...bytes]).toEqual([0x01, 0x01, 0x00, 0xfe, 0xff, 0xff, 0x7f, 0x00, 0x80]);
  });

  it('should pack only the part of the buffer the view covers', () => {
    const view = Int16Array.of(9, 8, 7).subarray(1, 2);
    expect([...new Uint8Array(packInputAudio(view))]).toEqual([0x01, 0x08, 0x00]);
  });
});

describe('output frames', () => {
  it('should give back every header field and the samples', () => {
    const frame = unpackOutputAudio(outputFrame({ kind: 2, firstSample: 5_000_000_000n }, [3, -4, 32767]));
    expect(frame).toEqual({
      responseNumber: 513,
      sequence: 70_000,
      firstSample: 5_000_000_000,
      pcm: Int16Array.of(3, -4, 32767),
    });
  });

  it('should accept a frame without samples', () => {
    expect(unpackOutputAudio(outputFrame({ kind: 2, firstSample: 0n }, [])).pcm).toHaveLength(0);
  });

  it.each([
    ['shorter than its header', new ArrayBuffer(15)],
    ['ends within a sample', outputFrame({ kind: 2, firstSample: 0n }, [1]).slice(0, 17)],
    ['unknown frame kind 3', outputFrame({ kind: 3, firstSample: 0n }, [1])],
  ])('should refuse a frame that is %s', (reason, buffer) => {
    expect(() => unpackOutputAudio(buffer)).toThrow(FrameError);
    expect(() => unpackOutputAudio(buffer)).toThrow(reason);
  });
});
