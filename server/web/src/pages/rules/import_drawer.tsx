// Imports a domain list: from a file or pasted; then says line by line what could not be used, and offers to put it into the rules.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { ImportListDocument, type ListFieldsFragment, type ListFormat, type PolicyProblemFragment } from '../../generated/graphql';
import { useSession } from '../../session';
import { Button } from '../../ui/button';
import { Drawer } from '../../ui/dialog';
import { Field, Select, TextArea } from '../../ui/field';
import { checkName, type Problem } from './check';
import { putRow } from '../../policy/edit';
import { FileButton } from './file_button';
import { ruleOf } from './lists_panel';
import { Problems } from './problems';
import { reportOf } from './report';
import { ReportCounts, ReportExamples } from './report_view';
import type { Shared } from './rules_page';
import { useProblemText } from './subject_fields';

const formats: readonly ListFormat[] = ['HOSTS', 'DOMAINS', 'ADGUARD', 'DNSMASQ', 'RPZ', 'UT1', 'V2FLY'];

export function ImportDrawer({ onClose, onImported, ...shared }: Shared & { onClose: () => void; onImported: () => void }) {
  const { t } = useTranslation('rules');
  const [list, setList] = useState<ListFieldsFragment | null>(null);
  const done = (imported: ListFieldsFragment) => {
    setList(imported);
    onImported();
  };
  return (
    <Drawer title={t('lists.import')} onClose={onClose}>
      {list ? <Imported list={list} onClose={onClose} {...shared} /> : <ImportForm onImported={done} onClose={onClose} />}
    </Drawer>
  );
}

/** Nothing that the server knows fits the text well enough to be sure: the reader knows better. */
const isAboutFormat = ({ path }: PolicyProblemFragment) => path === 'format';

function ImportForm({ onImported, onClose }: { onImported: (list: ListFieldsFragment) => void; onClose: () => void }) {
  const { t } = useTranslation('rules');
  const { organisation } = useSession();
  const client = useClient();
  const say = useProblemText();
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const [format, setFormat] = useState<ListFormat | ''>('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ name?: Problem; text?: Problem }>({});
  const [problems, setProblems] = useState<readonly PolicyProblemFragment[]>([]);
  const [hasFailed, setFailed] = useState(false);
  async function submit(event: FormEvent) {
    event.preventDefault();
    const checked = checkName(name);
    setProblem({ ...('problem' in checked ? { name: checked.problem } : {}), ...(text.trim() === '' ? { text: 'empty' as const } : {}) });
    if ('problem' in checked || text.trim() === '' || !organisation) return;
    setBusy(true);
    const input = { organisationId: organisation.id, name: checked.value, text, ...(format ? { format } : {}) };
    const { data, error } = await client.mutation(ImportListDocument, { input }).toPromise();
    setBusy(false);
    setFailed(Boolean(error));
    setProblems(data?.importList.errors ?? []);
    if (data?.importList.list) onImported(data.importList.list);
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="space-y-5" data-testid="import-form">
      <p className="text-muted leading-relaxed">{t('lists.importText')}</p>
      <Field label={t('lists.name')} hint={t('lists.nameHint')} value={name} name="name" problem={say(problem.name)} onChange={(event) => setName(event.target.value)} />
      <div className="space-y-2">
        <FileButton
          label={t('lists.file')}
          accept=".txt,.hosts,.list,.conf,.zone,text/plain"
          onFile={(file, content) => {
            setText(content);
            if (name === '') setName(file.replace(/\.[^.]*$/, '').slice(0, 63));
          }}
        />
        <TextArea label={t('lists.text')} rows={8} spellCheck={false} value={text} name="text" problem={say(problem.text)} onChange={(event) => setText(event.target.value)} />
      </div>
      <Select label={t('lists.format')} value={format} name="format" problem={problems.some(isAboutFormat) ? t('lists.unknownFormat') : undefined} onChange={(event) => setFormat(event.target.value as ListFormat | '')}>
        <option value="">{t('lists.guess')}</option>
        {formats.map((each) => (
          <option key={each} value={each}>
            {t(`lists.formats.${each}`)}
          </option>
        ))}
      </Select>
      <Problems problems={problems.filter((each) => !isAboutFormat(each))} />
      {hasFailed && (
        <p role="alert" className="text-danger">
          {t('lists.failed')}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t('form.cancel')}</Button>
        <Button type="submit" look="primary" disabled={isBusy} data-testid="import-ok">
          {isBusy ? t('lists.importing') : t('lists.importOk')}
        </Button>
      </div>
    </form>
  );
}

function Imported({ list, onClose, editing }: Shared & { list: ListFieldsFragment; onClose: () => void }) {
  const { t } = useTranslation('rules');
  const report = reportOf(list.report);
  function use() {
    editing.change((policy) => putRow(policy, 'lists', ruleOf(list, policy.lists.find(({ list: name }) => name === list.name))));
    onClose();
  }
  return (
    <div className="space-y-4" role="status" data-testid="imported">
      <p className="font-medium">
        <bdi>{list.name}</bdi>
      </p>
      <ReportCounts report={report} />
      {report.examples.length > 0 ? <ReportExamples report={report} /> : <p className="text-muted">{t('report.clean')}</p>}
      {report.examples.length > 0 && <p className="text-muted text-xs leading-relaxed">{t('report.help')}</p>}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t('lists.later')}</Button>
        <Button look="primary" data-testid="use-list" onClick={use}>
          {t('lists.use')}
        </Button>
      </div>
    </div>
  );
}
