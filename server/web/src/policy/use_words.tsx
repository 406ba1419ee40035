// Rules in the reader's language: as elements, with names isolated, and as plain text for labels.
// SPDX-License-Identifier: Apache-2.0
import { Fragment, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatZoned } from '../format/zoned';
import { filled, gaps } from '../ui/filled';
import { days, type Day } from './policy';
import type { Names, Piece } from './words';
import { wordsOfChange, wordsOfRow } from './words';
import type { Change } from './diff';
import type { Table } from './policy';

export interface Words {
  readonly show: (pieces: readonly Piece[]) => ReactNode;
  readonly say: (pieces: readonly Piece[]) => string;
  readonly row: (table: Table, row: object) => ReactNode;
  readonly rowText: (table: Table, row: object) => string;
  readonly change: (change: Change) => ReactNode;
}

/** `zone`: the event's; moments are said by its clock. */
export function useWords(names: Names, zone: string): Words {
  const { t, i18n } = useTranslation('policy');
  const language = i18n.language;
  return useMemo(() => {
    const said = (piece: Piece): Record<string, string> => {
      const moments = Object.entries(piece.moments ?? {}).map(([key, at]) => [key, formatZoned(at, zone, language, Date.now())]);
      const values = Object.entries(piece.values ?? {}).map(([key, value]) => [key, key === 'days' ? daysText(value) : value]);
      return Object.fromEntries([...values, ...moments]) as Record<string, string>;
    };
    const daysText = (value: string) => {
      const chosen = days.filter((day) => value.split(' ').includes(day));
      return chosen.length === 0 || chosen.length === 7 ? t('days.every') : chosen.map((day: Day) => t(`days.${day}`)).join(', ');
    };
    const text = (piece: Piece, values: Record<string, string>): string => t(`words.${piece.key}` as 'words.members', { ...values, count: piece.count ?? 0 });
    const show = (pieces: readonly Piece[]) =>
      pieces.map((piece, index) => {
        const parts = Object.fromEntries(Object.entries(said(piece)).map(([key, value]) => [key, <bdi className={key === 'name' ? 'font-medium' : ''}>{value}</bdi>]));
        return (
          <Fragment key={index}>
            {index > 0 && ' '}
            {filled(text(piece, gaps(parts)), parts)}
          </Fragment>
        );
      });
    const say = (pieces: readonly Piece[]) => pieces.map((piece) => text(piece, said(piece))).join(' ');
    return {
      show,
      say,
      row: (table, row) => show(wordsOfRow(table, row, names)),
      rowText: (table, row) => say(wordsOfRow(table, row, names)),
      change: (change) => show(wordsOfChange(change, names)),
    };
  }, [names, zone, language, t]);
}
