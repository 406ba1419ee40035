// What guests are told about the network, made from how long it really keeps things; to copy or print, in either language.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../forms/secret';
import type { RetentionFieldsFragment } from '../../generated/graphql';
import { languages, type Language } from '../../i18n';
import { usePlace } from '../../place';
import { Select } from '../../ui/field';
import { Panel } from '../../ui/panel';

const paragraphs = ['who', 'what', 'names', 'sums', 'addresses', 'rights'] as const;

export function GuestNotice({ retention }: { retention: RetentionFieldsFragment }) {
  const { t, i18n } = useTranslation('settings');
  const { name } = usePlace();
  const [language, setLanguage] = useState<Language>(i18n.language as Language);
  const [loaded, setLoaded] = useState<string>(i18n.language);
  useEffect(() => {
    void i18n.loadLanguages(language).then(() => setLoaded(language));
  }, [i18n, language]);
  const say = i18n.getFixedT(loaded, 'settings');
  const text = paragraphs.map((key) => say(`notice.${key}`, { organisation: name, ...retention, count: retention.leasesDays })).join('\n\n');
  return (
    <Panel title={t('notice.title')} note={t('notice.note')} actions={<CopyButton value={text} />}>
      <Select label={t('notice.language')} isLabelHidden className="max-w-40" value={language} onChange={(event) => setLanguage(event.currentTarget.value as Language)}>
        {Object.entries(languages).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
      <div lang={loaded} className="bg-sunken mt-3 space-y-2 rounded-md p-3 text-xs leading-relaxed whitespace-pre-line" data-testid="guest-notice">
        {text}
      </div>
    </Panel>
  );
}
