// Domains that wait for a category (X.A.N.A.): those that most organisations have first; each decided here or put aside.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DecideCategoryDocument, ReviewQueueDocument, type ReviewQueueQuery } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Loaded } from '../../forms/loaded';
import { Problems } from '../../forms/problems';
import { useFresh } from '../../forms/use_fresh';
import { useCategoryTitle } from '../../parts/category_title';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Select } from '../../ui/field';
import { Time } from '../../ui/time';

type Waiting = ReviewQueueQuery['reviewQueue']['edges'][number]['node'];

export function GodReview() {
  const { t } = useTranslation('godview');
  const { data, error, again } = useFresh(ReviewQueueDocument, { first: 50, after: null }, { everyMs: 15_000 });
  return (
    <div className="panel p-4">
      <Loaded data={data} error={error} retry={again}>
        {({ reviewQueue, categories }) =>
          reviewQueue.edges.length === 0 ? (
            <Empty title={t('review.none.title')} text={t('review.none.text')} />
          ) : (
            <ul className="divide-line divide-y">
              {reviewQueue.edges.map(({ node }) => (
                <Row key={node.domain} waiting={node} categories={categories.map(({ name }) => name)} again={again} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  );
}

function Row({ waiting, categories, again }: { waiting: Waiting; categories: readonly string[]; again: () => void }) {
  const { t } = useTranslation('godview');
  const decide = useAct(DecideCategoryDocument);
  const titleOf = useCategoryTitle();
  const [category, setCategory] = useState('');
  async function submit() {
    const { payload } = await decide.run({ input: { domain: waiting.domain, category: category || null } });
    if (payload) again();
  }
  return (
    <li className="py-2.5">
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <bdi className="font-medium break-all">{waiting.domain}</bdi>
          <p className="text-muted text-xs">
            {t('review.organisations', { count: waiting.organisations })} · <Time at={waiting.firstAt} />
          </p>
        </div>
        <Select label={t('review.category')} isLabelHidden className="basis-48" value={category} onChange={(event) => setCategory(event.currentTarget.value)}>
          <option value="">{t('review.noCategory')}</option>
          {categories.map((name) => (
            <option key={name} value={name}>
              {titleOf(name)}
            </option>
          ))}
        </Select>
        <Button aria-disabled={decide.isBusy} onClick={() => void submit()}>
          {t('review.decide')}
        </Button>
      </div>
      <Problems of={decide.problems} />
    </li>
  );
}
