// How messages look and behave: they stay while looked at and never hold the only way; F8 goes to them.
// SPDX-License-Identifier: Apache-2.0
import { Toast as RadixToast } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import { Button } from './button';
import { Icon } from './icons';
import { dismiss, type Toast } from './toasts';

const shownForMs = 10_000;

export function ToastCards({ toasts }: { toasts: readonly Toast[] }) {
  const { t } = useTranslation();
  return (
    <RadixToast.Provider label={t('toast.region')} duration={shownForMs} swipeDirection="down">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
      <RadixToast.Viewport
        label={`${t('toast.region')} ({hotkey})`}
        className="pointer-events-none fixed inset-x-0 bottom-14 z-40 m-0 flex list-none flex-col items-center gap-2 p-3 outline-none md:bottom-0"
      />
    </RadixToast.Provider>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const { t } = useTranslation();
  const { action } = toast;
  return (
    <RadixToast.Root
      open
      onOpenChange={(open) => !open && dismiss(toast.id)}
      type={toast.tone === 'danger' ? 'foreground' : 'background'}
      data-testid="toast"
      className={`arrives panel pointer-events-auto flex max-w-full items-center gap-3 py-2 pr-2 pl-4 shadow-lg ${toast.tone === 'danger' ? 'text-danger' : ''}`}
    >
      <RadixToast.Description className="min-w-0 break-words">{toast.content}</RadixToast.Description>
      {action && (
        <RadixToast.Action asChild altText={action.label}>
          <Button
            size="small"
            onClick={() => {
              dismiss(toast.id);
              action.run();
            }}
          >
            {action.label}
          </Button>
        </RadixToast.Action>
      )}
      <RadixToast.Close asChild>
        <Button size="icon" look="quiet" aria-label={t('toast.dismiss')}>
          <Icon name="close" />
        </Button>
      </RadixToast.Close>
    </RadixToast.Root>
  );
}
