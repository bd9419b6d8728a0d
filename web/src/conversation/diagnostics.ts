/** Numbers for whoever looks for a fault, and for tests: totals since the page was opened, only ever read. */

export interface Diagnostics {
  /** Reply samples (24 kHz) that reached the loudspeaker. */
  readonly samplesPlayed: number;
  /** Times the playback queue was dropped. */
  readonly flushes: number;
  /** Times the sound ran out in mid-reply. */
  readonly underruns: number;
  /** Microphone frames (20 ms) captured, sent, and dropped for want of a way. */
  readonly framesCaptured: number;
  readonly framesSent: number;
  readonly framesDropped: number;
  /** Reply frames that came after their reply was cleared. */
  readonly lateFrames: number;
  readonly playoutReports: number;
  /** Times a reply fell silent and kept its place. */
  readonly holds: number;
  readonly reconnects: number;
  /** Server frames that were not the protocol. */
  readonly malformedEvents: number;
}
