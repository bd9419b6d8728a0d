/** The history room. */
export const historyRoom = {};
