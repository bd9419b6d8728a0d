import { expect, it } from 'vitest';

import { waysIn } from './ways-in.ts';

it('should spell out where the page can be opened instead', () => {
  expect(waysIn({ hostname: '192.168.1.5', port: '8765', pathname: '/' })).toEqual({
    here: 'http://192.168.1.5:8765',
    local: 'http://localhost:8765/',
    secure: 'https://192.168.1.5:8765/',
    tunnel: 'ssh -L 8765:127.0.0.1:8765 192.168.1.5',
  });
});

it('should not ask for a port that only an administrator may open', () => {
  expect(waysIn({ hostname: 'desk', port: '', pathname: '/voice/' })).toMatchObject({
    local: 'http://localhost:8765/voice/',
    secure: 'https://desk/voice/',
    tunnel: 'ssh -L 8765:127.0.0.1:80 desk',
  });
});

it('should name an address of the sixth version as ssh takes it', () => {
  expect(waysIn({ hostname: '[fd00::2]', port: '8765', pathname: '/' }).tunnel).toBe(
    'ssh -L 8765:127.0.0.1:8765 fd00::2',
  );
});
