/** The characters room. */
export const charactersRoom = {};
