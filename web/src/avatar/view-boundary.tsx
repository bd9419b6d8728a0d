/** Catches the failure of one kind of face, so that another can stand in for it. */
import { Component } from 'react';
import type { ReactNode } from 'react';

import { FaceError } from './problems.ts';

interface ViewBoundaryProps {
  readonly onFail: (error: FaceError) => void;
  readonly children: ReactNode;
}

interface ViewBoundaryState {
  readonly hasFailed: boolean;
}

export class ViewBoundary extends Component<ViewBoundaryProps, ViewBoundaryState> {
  override state: ViewBoundaryState = { hasFailed: false };

  static getDerivedStateFromError(): ViewBoundaryState {
    return { hasFailed: true };
  }

  override componentDidCatch(error: unknown): void {
    this.props.onFail(error instanceof FaceError ? error : new FaceError('drawing_failed', error));
  }

  override render(): ReactNode {
    return this.state.hasFailed ? null : this.props.children;
  }
}
