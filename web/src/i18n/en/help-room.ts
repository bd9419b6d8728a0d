/** Help for the first minute. */
export const helpRoom = {};
