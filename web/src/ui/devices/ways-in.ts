/** The addresses under which a browser trusts the server that an insecure page came from. */

export interface WaysIn {
  /** Where the page is now. */
  readonly here: string;
  /** On the server's own machine, and at the near end of a tunnel. */
  readonly local: string;
  readonly secure: string;
  /** What to type for a tunnel. */
  readonly tunnel: string;
}

type Place = Pick<Location, 'hostname' | 'port' | 'pathname'>;

const HTTP_PORT = '80';

export function waysIn({ hostname, port, pathname }: Place): WaysIn {
  const named = port === '' ? '' : `:${port}`;
  const far = port === '' ? HTTP_PORT : port;
  // Ports below 1024 may not be opened by everybody.
  const near = port === '' ? '8765' : port;
  return {
    here: `http://${hostname}${named}`,
    local: `http://localhost:${near}${pathname}`,
    secure: `https://${hostname}${named}${pathname}`,
    tunnel: `ssh -L ${near}:127.0.0.1:${far} ${hostname.replace(/^\[|\]$/g, '')}`,
  };
}
