/** The memories room. */
export const memoriesRoom = {};
