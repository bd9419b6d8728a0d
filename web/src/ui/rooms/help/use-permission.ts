/** Whether this page may use the microphone: followed for as long as somebody looks. */
import { useEffect, useState } from 'react';

export type MicrophonePermission = 'granted' | 'prompt' | 'denied' | 'unknown' | 'insecure';

export function useMicrophonePermission(): MicrophonePermission {
  const [permission, setPermission] = useState<MicrophonePermission>(() =>
    window.isSecureContext ? 'unknown' : 'insecure',
  );
  useEffect(() => {
    if (!window.isSecureContext) return;
    const left = new AbortController();
    const follow = async (): Promise<void> => {
      try {
        const status = await navigator.permissions.query({ name: 'microphone' });
        if (left.signal.aborted) return;
        setPermission(status.state);
        status.addEventListener(
          'change',
          () => {
            setPermission(status.state);
          },
          { signal: left.signal },
        );
      } catch {
        // This browser does not tell: it will ask when the time has come.
      }
    };
    void follow();
    return () => {
      left.abort();
    };
  }, []);
  return permission;
}
