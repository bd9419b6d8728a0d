/**
 * How everything but the eyeballs is lit: one small program for skin, hair, cloth and teeth.
 *
 * Three lights as in a photographer's studio, a soft wrap around the edges of the light as skin has it, warmer where light
 * fades, and a rim from behind. It is a fraction of the cost of a physical material, which matters where a processor has
 * to do the drawing.
 */
import { Color, DoubleSide, ShaderMaterial, Vector4 } from 'three';

import type { Look } from '../looks.ts';
import { PALETTE } from './sculpt/mesh.ts';
import type { Colour } from './sculpt/mesh.ts';

export const LIGHTS = /* glsl */ `
  uniform vec3 keyLight;
  uniform vec3 fillLight;
  uniform vec3 rimLight;
  uniform vec3 sky;
  uniform vec3 ground;
  const vec3 KEY = vec3(-0.4576, 0.5883, 0.6667);
  const vec3 FILL = vec3(0.8427, 0.0937, 0.5302);
  const vec3 RIM = vec3(0.6667, 0.3333, -0.6667);
  const vec3 RIM_TOO = vec3(-0.8165, 0.4082, -0.4082);

  vec3 graded(vec3 light) {
    // Bright places roll off instead of burning out.
    return light * (1.0 + light * 0.12) / (0.86 + light * 0.44);
  }
`;

const VERTEX = /* glsl */ `
  attribute vec4 paint;
  uniform vec4 palette[${String(PALETTE.length)}];
  varying vec4 vColour;
  varying float vLight;
  varying vec3 vNormal;
  varying vec3 vView;
  #include <common>
  #include <morphtarget_pars_vertex>
  void main() {
    vColour = mix(palette[int(paint.x)], palette[int(paint.y)], paint.z);
    vLight = paint.w;
    #include <beginnormal_vertex>
    #include <morphnormal_vertex>
    #include <defaultnormal_vertex>
    #include <begin_vertex>
    #include <morphtarget_vertex>
    #include <project_vertex>
    vNormal = transformedNormal;
    vView = -mvPosition.xyz;
  }
`;

const FRAGMENT = /* glsl */ `
  varying vec4 vColour;
  varying float vLight;
  varying vec3 vNormal;
  varying vec3 vView;
  ${LIGHTS}
  void main() {
    vec3 normal = normalize(vNormal);
    vec3 view = normalize(vView);
    float open = vLight * vLight;
    float key = clamp((dot(normal, KEY) + 0.32) / 1.32, 0.0, 1.0);
    float fill = clamp((dot(normal, FILL) + 0.4) / 1.4, 0.0, 1.0);
    vec3 light = mix(ground, sky, normal.y * 0.5 + 0.5) * vLight
      + keyLight * key * key * mix(0.45, 1.0, vLight)
      + fillLight * fill * vLight;
    // Where light fades or is shut out, colours get deeper, not greyer.
    float dim = 1.0 - key * vLight;
    vec3 colour = vColour.rgb * mix(vec3(1.0), vColour.rgb + vec3(0.28, 0.0, 0.0), dim * 0.45);
    vec3 lit = colour * light;
    vec3 halfway = normalize(KEY + view);
    float shine = clamp(dot(normal, halfway), 0.0, 1.0);
    float gloss = vColour.a;
    lit += keyLight * open * gloss * (0.5 * pow(shine, 26.0) + 0.9 * gloss * pow(shine, 90.0));
    float edge = 1.0 - clamp(dot(normal, view), 0.0, 1.0);
    float behind = clamp(dot(normal, RIM), 0.0, 1.0) + 0.55 * clamp(dot(normal, RIM_TOO), 0.0, 1.0);
    lit += rimLight * behind * edge * edge * (0.35 + 0.65 * vLight) * (0.4 + 0.6 * colour);
    gl_FragColor = vec4(graded(lit), 1.0);
    #include <colorspace_fragment>
  }
`;

/** How much each kind of thing shines. */
const GLOSS: Readonly<Record<Colour, number>> = {
  skin: 0.16,
  lips: 0.5,
  blush: 0.14,
  inside: 0.25,
  teeth: 0.6,
  tongue: 0.45,
  brows: 0.12,
  hair: 0.34,
  hairGlow: 0.5,
  top: 0.05,
  trim: 0.06,
  accent: 0.6,
  shade: 0.1,
};

const LIGHT_SETS = {
  light: {
    key: '#fff1dc',
    keyPower: 0.98,
    fill: '#dfe9ff',
    fillPower: 0.3,
    rim: '#fff6e6',
    rimPower: 1,
    sky: '#f4f1ff',
    skyPower: 0.5,
    ground: '#d9a184',
    groundPower: 0.36,
  },
  dark: {
    key: '#ffe9d2',
    keyPower: 1.12,
    fill: '#a8bcff',
    fillPower: 0.3,
    rim: '#9fd8ff',
    rimPower: 1.7,
    sky: '#dcd8ee',
    skyPower: 0.42,
    ground: '#b87868',
    groundPower: 0.34,
  },
} as const;

/** The uniforms that all materials of one face share, so that a change of theme reaches them all. */
export interface LightUniforms {
  readonly keyLight: { value: Color };
  readonly fillLight: { value: Color };
  readonly rimLight: { value: Color };
  readonly sky: { value: Color };
  readonly ground: { value: Color };
  [name: string]: { value: unknown };
}

export function createLights(isDark: boolean): LightUniforms {
  const set = LIGHT_SETS[isDark ? 'dark' : 'light'];
  const lamp = (colour: string, power: number): { value: Color } => ({
    value: new Color(colour).multiplyScalar(power),
  });
  return {
    keyLight: lamp(set.key, set.keyPower),
    fillLight: lamp(set.fill, set.fillPower),
    rimLight: lamp(set.rim, set.rimPower),
    sky: lamp(set.sky, set.skyPower),
    ground: lamp(set.ground, set.groundPower),
  };
}

export function createSkinMaterial(look: Look, lights: LightUniforms): ShaderMaterial {
  return new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: { ...lights, palette: { value: paletteOf(look) } },
    // Lids and teeth are shown twice, once turned inside out.
    side: DoubleSide,
  });
}

function paletteOf(look: Look): Vector4[] {
  const colours: Readonly<Record<Colour, string>> = {
    skin: look.skin,
    lips: look.lips,
    blush: look.blush,
    inside: '#5c1420',
    teeth: '#fff8ee',
    tongue: '#d9606a',
    brows: look.brows,
    hair: look.hair,
    hairGlow: look.hairGlow,
    top: look.top,
    trim: look.trim,
    accent: look.accent,
    shade: look.blush,
  };
  return PALETTE.map((name) => {
    const { r, g, b } = new Color(colours[name]);
    return new Vector4(r, g, b, GLOSS[name]);
  });
}
