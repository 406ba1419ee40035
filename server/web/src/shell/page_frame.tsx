// Around each page: its name for the moment it takes to load, and what to do when it cannot be loaded.
// SPDX-License-Identifier: Apache-2.0
import { Component, Suspense, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import { Button } from '../ui/button';
import { Empty } from '../ui/empty';
import { PageTitle } from './page_title';

/** `name` is the place's, for a page inside the shell: the heading is there before the page is. */
export function PageFrame({ name, children }: { name?: string | null; children: ReactNode }) {
  const { pathname } = useLocation();
  return (
    <Boundary key={pathname.split('/')[1]} otherwise={<PageFailed />}>
      <Suspense
        fallback={
          <div className="min-h-dvh" aria-busy="true">
            {name && <PageTitle title={name} />}
          </div>
        }
      >
        {children}
      </Suspense>
    </Boundary>
  );
}

function PageFailed() {
  const { t } = useTranslation();
  return (
    <Empty title={t('pageFailed.title')} text={t('pageFailed.text')}>
      <Button look="primary" onClick={() => window.location.reload()}>
        {t('actions.retry')}
      </Button>
    </Empty>
  );
}

class Boundary extends Component<{ otherwise: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? this.props.otherwise : this.props.children;
  }
}
