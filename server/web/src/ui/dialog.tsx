// A question that must be answered first, and a drawer beside the page: the browser's own dialog, with its focus trap and Escape.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button';
import { Icon } from './icons';

interface Props {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  /** A question about something that cannot be taken back. */
  isAlert?: boolean;
}

export function Dialog({ title, onClose, children, isAlert = false }: Props) {
  const titleId = useId();
  return (
    <Modal titleId={titleId} onClose={onClose} isAlert={isAlert} className="m-auto max-h-[calc(100dvh-2rem)] w-[28rem] max-w-[calc(100vw-2rem)] overflow-y-auto">
      <div className="p-5">
        <h2 id={titleId} className="text-base font-semibold">
          {title}
        </h2>
        {children}
      </div>
    </Modal>
  );
}

/** At the right edge, as high as the screen; the whole screen on a phone. */
export function Drawer({ title, onClose, children }: Props) {
  const { t } = useTranslation();
  const titleId = useId();
  return (
    <Modal titleId={titleId} onClose={onClose} isAlert={false} className="mr-0 ml-auto h-dvh max-h-none w-[30rem] max-w-[100vw] flex-col rounded-none open:flex">
      <div className="border-line flex items-start gap-3 border-b px-5 py-3.5">
        <h2 id={titleId} className="min-w-0 flex-1 text-base leading-snug font-semibold break-words">
          {title}
        </h2>
        <Button size="icon" look="quiet" aria-label={t('actions.close')} onClick={onClose}>
          <Icon name="close" />
        </Button>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
    </Modal>
  );
}

function Modal({ titleId, onClose, isAlert, className, children }: { titleId: string; onClose: () => void; isAlert: boolean; className: string; children: ReactNode }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement as HTMLElement | null;
    dialog?.showModal();
    return () => {
      dialog?.close();
      opener?.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      role={isAlert ? 'alertdialog' : undefined}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === ref.current && onClose()}
      className={`arrives panel text-ink p-0 shadow-2xl ${className}`}
    >
      {children}
    </dialog>
  );
}
