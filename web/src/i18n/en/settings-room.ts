/** The settings room. */
export const settingsRoom = {};
