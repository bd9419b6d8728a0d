/** The face. */
export const face = {
  label: 'The face of your conversation partner',
  again: 'Try 3D again',
  problem: {
    webgl_missing:
      'This browser shows no 3D graphics, so a drawn face stands in. Hardware acceleration may be off.',
    webgl_lost: 'The graphics card let go of the 3D face, so a drawn one stands in.',
    drawing_failed:
      'The 3D face could not be shown, so a drawn one stands in. If trying again does not help, reload the page.',
    not_loaded:
      'The 3D face did not arrive, so a drawn one stands in. Check your connection, then try again.',
    vrm_missing: 'There is no avatar of your own in this browser yet. Choose a VRM file first.',
    vrm_unreadable: 'That file is not a VRM avatar, or it is damaged. Choose another file that ends in .vrm.',
    vrm_too_large: 'That avatar is larger than 100 MB. Choose a smaller one, or shrink its textures.',
    vrm_not_kept: 'This browser could not keep the avatar. Free some space, or leave private browsing.',
  },
};
