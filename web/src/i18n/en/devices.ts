/** Microphones, loudspeakers and what is heard of them. */
export const devices = {};
