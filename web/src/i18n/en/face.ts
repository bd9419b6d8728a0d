/** The face. */
export const face = {};
