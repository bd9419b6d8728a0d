/** The first stop of the tab key: past the header, to the conversation. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface SkipLinkProps {
  /** Id of an element that can take the focus. */
  readonly to: string;
}

export function SkipLink({ to }: SkipLinkProps): ReactNode {
  const { t } = useTranslation();
  return (
    <a
      className="skip-link"
      href={`#${to}`}
      onClick={(event) => {
        // The address names the open room; going past the header opens none.
        event.preventDefault();
        document.getElementById(to)?.focus();
      }}
    >
      {t('app.skip')}
    </a>
  );
}
