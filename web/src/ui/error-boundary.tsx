/** Keeps the failure of one part of the page from taking the others with it. */
import { Component } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface ErrorBoundaryProps {
  readonly children: ReactNode;
}

interface ErrorBoundaryState {
  readonly hasFailed: boolean;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { hasFailed: false };

  static getDerivedStateFromError(): ErrorBoundaryState {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <BrokenPart
        onAgain={() => {
          this.setState({ hasFailed: false });
        }}
      />
    );
  }
}

function BrokenPart({ onAgain }: { readonly onAgain: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="broken" role="alert">
      <strong>{t('broken.title')}</strong>
      <p>{t('broken.remedy')}</p>
      <button type="button" onClick={onAgain}>
        {t('broken.again')}
      </button>
    </div>
  );
}
