/**
 * Lint rules, and the walls between the layers: each folder may import only the folders listed for it.
 */
import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** What each layer may import besides itself; everything else in `src` is out of its reach. */
const LAYERS = {
  protocol: [],
  audio: [],
  i18n: [],
  api: [],
  shell: [],
  frames: [],
  avatar: ['protocol', 'shell', 'frames'],
  connection: ['protocol'],
  state: ['protocol'],
  conversation: ['protocol', 'connection', 'audio', 'state'],
  ui: ['state', 'i18n', 'api', 'avatar', 'shell', 'frames'],
};

/** Packages that would tie a plain layer to the screen. */
const SCREEN_PACKAGES = ['react', 'react-dom', 'react-dom/*', 'react-i18next'];

const layerWalls = Object.entries(LAYERS).map(([layer, allowed]) => {
  const forbidden = Object.keys(LAYERS).filter((other) => other !== layer && !allowed.includes(other));
  const patterns = [
    {
      group: [...forbidden.map((other) => `**/${other}/**`), '**/app/**', '**/app.tsx', '**/main.tsx'],
      message: `\`${layer}\` may import only: ${['itself', ...allowed].join(', ')}.`,
    },
    ...(['ui', 'i18n', 'avatar'].includes(layer)
      ? []
      : [{ group: SCREEN_PACKAGES, message: `\`${layer}\` does not know React.` }]),
  ];
  return {
    files: [`src/${layer}/**/*.{ts,tsx}`],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
});

/** Words on the screen come from `i18n`, never from the markup. */
const noLiteralText = {
  files: ['src/ui/**/*.tsx', 'src/avatar/**/*.tsx', 'src/app.tsx'],
  ignores: ['**/*.test.tsx'],
  rules: {
    'no-restricted-syntax': [
      'error',
      { selector: 'JSXText[value=/\\p{L}/u]', message: 'Take the text from i18n.' },
      {
        selector: 'JSXAttribute[name.name=/^(aria-label|title|placeholder|alt)$/] > Literal',
        message: 'Take the text from i18n.',
      },
    ],
  },
};

const noDom = {
  files: ['src/state/**/*.ts', 'src/protocol/**/*.ts'],
  ignores: ['**/*.test.ts'],
  rules: {
    'no-restricted-globals': [
      'error',
      'window',
      'document',
      'navigator',
      'localStorage',
      'sessionStorage',
      'fetch',
      'WebSocket',
      'setTimeout',
      'setInterval',
    ],
  },
};

export default tseslint.config(
  { ignores: ['node_modules', 'src/protocol/generated.ts'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: [
          './tsconfig.app.json',
          './tsconfig.worklet.json',
          './tsconfig.shell.json',
          './tsconfig.node.json',
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-console': 'error',
      complexity: ['error', 10],
      'max-lines': ['error', { max: 400, skipBlankLines: true }],
      'max-params': ['error', 4],
    },
  },
  { files: ['**/*.test.{ts,tsx}'], rules: { 'max-lines': ['error', { max: 500, skipBlankLines: true }] } },
  { files: ['src/**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended },
  ...layerWalls,
  noLiteralText,
  noDom,
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
