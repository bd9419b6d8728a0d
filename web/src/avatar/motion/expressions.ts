/**
 * Expressions: what joy or surprise does to the parts of a face, and how one turns into another.
 *
 * Owns the recipes and the easing. Refuses to know when an expression is due.
 */
import { approach } from './easing.ts';
import { AT, EXPRESSIONS, FEATURES, FIRST_EXPRESSION, FIRST_FEATURE } from './pose.ts';
import type { BodyPart, Expression, Feature, Pose } from './pose.ts';

type Recipe = Partial<Record<Feature | BodyPart, number>>;

const RECIPES: Readonly<Record<Expression, Recipe>> = {
  joy: {
    smile: 0.95,
    cheek: 0.85,
    squint: 0.5,
    browInner: 0.2,
    browLeft: 0.35,
    browRight: 0.35,
    jaw: 0.3,
    headRoll: 0.045,
    headPitch: -0.03,
  },
  sadness: {
    frown: 0.7,
    browInner: 1,
    browLeft: -0.45,
    browRight: -0.45,
    lidDroop: 0.18,
    squint: 0.15,
    pout: 0.25,
    gazeY: -0.2,
    headPitch: 0.1,
    headRoll: 0.05,
    lean: 0.03,
  },
  surprise: {
    browInner: 0.85,
    browLeft: 1,
    browRight: 1,
    lidWide: 1,
    jaw: 0.5,
    pout: 0.95,
    headPitch: -0.05,
    lean: -0.035,
  },
  anger: {
    browDown: 1,
    browInner: -0.6,
    squint: 0.5,
    lidDroop: 0.12,
    press: 0.4,
    frown: 0.5,
    headPitch: 0.07,
    lean: 0.03,
  },
  relaxed: {
    smile: 0.5,
    cheek: 0.25,
    lidDroop: 0.26,
    squint: 0.15,
    browInner: 0.12,
    headRoll: -0.05,
  },
  thinking: {
    browLeft: -0.25,
    browRight: 0.8,
    browDown: 0.22,
    mouthSide: 0.75,
    press: 0.22,
    pout: 0.25,
    squint: 0.28,
    headRoll: -0.075,
  },
};

/** Seconds: a face lights up sooner than it fades. */
const RISE_SECONDS = 0.16;
const FADE_SECONDS = 0.34;

/** What a character that nothing is asked of looks like: friendly, not blank. */
const AT_REST: Recipe = { smile: 0.42, cheek: 0.2, browInner: 0.1, browLeft: 0.1, browRight: 0.1 };

const PARTS = [...FEATURES, 'gazeY', 'headPitch', 'headRoll', 'lean'] as const;

/** Each recipe as numbers in the order of `PARTS`, so that a frame looks nothing up by name. */
const TABLE: readonly Float32Array[] = EXPRESSIONS.map((name) => numbersOf(RECIPES[name]));
const REST: Float32Array = numbersOf(AT_REST);
const PLACES: readonly number[] = PARTS.map((name) => AT[name]);

function numbersOf(recipe: Recipe): Float32Array {
  return Float32Array.from(PARTS, (name) => recipe[name] ?? 0);
}

export function isExpression(name: string | null): name is Expression {
  return name !== null && (EXPRESSIONS as readonly string[]).includes(name);
}

/** The mixture of expressions a face shows, on its way to the one it was asked for. */
export class ExpressionBlend {
  readonly #weights = new Float32Array(EXPRESSIONS.length);
  /** The same, one step behind: two soft steps begin and end softly, one only ends so. */
  readonly #leads = new Float32Array(EXPRESSIONS.length);

  /** Moves on by `seconds` and writes into a pose that was cleared before. `strength`, 0 to 1, is how much is shown. */
  apply(pose: Pose, wanted: Expression | null, strength: number, seconds: number): void {
    let shown = 0;
    for (let index = 0; index < EXPRESSIONS.length; index += 1) {
      const goal = EXPRESSIONS[index] === wanted ? strength : 0;
      const lead = this.#leads[index] ?? 0;
      const share = approach(seconds, (goal > lead ? RISE_SECONDS : FADE_SECONDS) / 2);
      const nextLead = lead + (goal - lead) * share;
      const weight = (this.#weights[index] ?? 0) + (nextLead - (this.#weights[index] ?? 0)) * share;
      this.#leads[index] = nextLead;
      this.#weights[index] = weight;
      pose[FIRST_EXPRESSION + index] = weight;
      shown += weight;
      addRecipe(pose, TABLE[index], weight);
    }
    addRecipe(pose, REST, Math.max(0, 1 - shown));
  }
}

function addRecipe(pose: Pose, recipe: Float32Array | undefined, weight: number): void {
  if (recipe === undefined || weight < 0.0005) return;
  for (let part = 0; part < PLACES.length; part += 1) {
    const place = PLACES[part] ?? FIRST_FEATURE;
    pose[place] = (pose[place] ?? 0) + (recipe[part] ?? 0) * weight;
  }
}
