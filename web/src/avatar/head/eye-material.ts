/** How eyeballs are lit and painted: white, iris with its fibres, pupil, and the reflections that make them look alive. */
import { Color, ShaderMaterial } from 'three';

import type { Look } from '../looks.ts';
import { LIGHTS } from './skin-material.ts';
import type { LightUniforms } from './skin-material.ts';

const VERTEX = /* glsl */ `
  varying vec3 vLocal;
  varying vec3 vNormal;
  varying vec3 vView;
  varying vec3 vLook;
  varying float vHeight;
  #include <common>
  void main() {
    #include <beginnormal_vertex>
    #include <defaultnormal_vertex>
    #include <begin_vertex>
    #include <project_vertex>
    vLocal = normalize(position);
    vNormal = transformedNormal;
    vView = -mvPosition.xyz;
    // The way to the viewer as the turned eye sees it: the iris lies behind the cornea and shifts with it.
    mat3 turn = mat3(modelViewMatrix) * mat3(instanceMatrix);
    vLook = transpose(turn) * normalize(vView);
    vHeight = (mat3(instanceMatrix) * vLocal).y;
  }
`;

const FRAGMENT = /* glsl */ `
  uniform vec3 iris;
  uniform vec3 irisDeep;
  uniform vec3 irisGlow;
  varying vec3 vLocal;
  varying vec3 vNormal;
  varying vec3 vView;
  varying vec3 vLook;
  varying float vHeight;
  ${LIGHTS}
  const float IRIS = 0.61;

  void main() {
    vec3 normal = normalize(vNormal);
    vec3 view = normalize(vView);
    vec2 place = vLocal.xy - normalize(vLook).xy * 0.085 * smoothstep(0.62, 0.2, length(vLocal.xy));
    float reach = length(place) / IRIS;
    float angle = atan(place.y, place.x);
    float fibres = 0.5 + 0.5 * sin(angle * 23.0 + 3.0 * sin(angle * 5.0)) * sin(angle * 41.0 + 1.7);
    vec3 colour = mix(iris, irisGlow, smoothstep(0.85, 0.3, reach) * (0.35 + 0.45 * fibres));
    // Light that comes in from above gathers at the bottom of the iris.
    float pool = smoothstep(0.15, -0.5, place.y) * smoothstep(0.95, 0.45, reach);
    colour += irisGlow * pool * 0.75;
    colour = mix(colour, irisDeep, smoothstep(0.72, 0.98, reach));
    colour = mix(colour, irisDeep, 0.7 * smoothstep(-0.05, 0.5, place.y));
    colour = mix(vec3(0.008, 0.006, 0.01), colour, smoothstep(0.44, 0.5, reach));
    vec3 white = mix(vec3(0.93, 0.925, 0.93), vec3(0.86, 0.72, 0.70), smoothstep(0.55, 0.98, length(vLocal.xy)));
    colour = mix(colour, white, smoothstep(0.965, 1.04, reach) * step(0.0, vLocal.z));
    float key = clamp((dot(normal, KEY) + 0.55) / 1.55, 0.0, 1.0);
    float shadow = 1.0 - 0.5 * smoothstep(0.12, 0.72, vHeight);
    vec3 light = (mix(ground, sky, normal.y * 0.5 + 0.5) + keyLight * key * 0.85 + fillLight * 0.3) * shadow;
    vec3 lit = graded(colour * light);
    // Two windows: a large one from the key light, a small one across from it.
    vec2 glint = normal.xy - vec2(-0.26, 0.27);
    lit = mix(lit, vec3(1.0), smoothstep(0.135, 0.105, length(glint * vec2(1.0, 0.92))));
    lit = mix(lit, vec3(1.0), 0.62 * smoothstep(0.062, 0.035, length(normal.xy - vec2(0.24, -0.22))));
    float edge = 1.0 - clamp(dot(normal, view), 0.0, 1.0);
    lit += rimLight * edge * edge * edge * 0.12;
    gl_FragColor = vec4(lit, 1.0);
    #include <colorspace_fragment>
  }
`;

export function createEyeMaterial(look: Look, lights: LightUniforms): ShaderMaterial {
  const iris = new Color(look.iris);
  return new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: {
      ...lights,
      iris: { value: iris },
      irisDeep: { value: iris.clone().multiplyScalar(0.16) },
      irisGlow: { value: iris.clone().lerp(new Color('#fff2c8'), 0.36).multiplyScalar(1.25) },
    },
  });
}
