/** The face. */
import type { face as Shape } from '../en/face.ts';

export const face: typeof Shape = {
  label: '对话角色的形象',
  again: '重试 3D',
  problem: {
    webgl_missing: '这个浏览器无法显示 3D 图形，先用手绘的脸代替。可能是硬件加速没有打开。',
    webgl_lost: '显卡中断了 3D 形象，先用手绘的脸代替。',
    drawing_failed: '3D 形象无法显示，先用手绘的脸代替。如果重试没有用，请刷新页面。',
    not_loaded: '3D 形象没有下载成功，先用手绘的脸代替。请检查网络连接，然后重试。',
    vrm_missing: '这个浏览器里还没有您自己的形象，请先选择一个 VRM 文件。',
    vrm_unreadable: '这个文件不是 VRM 形象，或者已经损坏。请换一个以 .vrm 结尾的文件。',
    vrm_too_large: '这个形象超过了 100 MB，请换一个小一点的，或者缩小它的贴图。',
    vrm_not_kept: '浏览器没能保存这个形象。请腾出一些空间，或者退出无痕浏览。',
  },
};
