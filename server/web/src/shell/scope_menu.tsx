// Chooses what is looked at: everything, an event, or one router.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { LinkState } from '../generated/graphql';
import { useScope, type Scope } from '../scope';
import { Menu, MenuChoice, MenuChoices, MenuLine } from '../ui/menu';
import type { LoadedMenu } from './lazy_menu';

const dots: Record<LinkState, string> = { ONLINE: 'bg-ok', OFFLINE: 'bg-danger', NEVER_SEEN: 'bg-field' };

export function ScopeMenu({ trigger, defaultOpen }: LoadedMenu) {
  const { t } = useTranslation();
  const scope = useScope();
  const { allRouters, events, event, router } = scope;
  const value = event ? `event ${event.id}` : allRouters.length > 1 && !router ? 'all' : `router ${router?.id ?? ''}`;
  return (
    <Menu label={t('scope.label')} align="start" trigger={trigger} defaultOpen={defaultOpen}>
      <MenuChoices label={t('scope.label')} value={value} onChoose={(chosen) => scope.choose(parse(chosen))}>
        {allRouters.length > 1 && <MenuChoice value="all">{t('scope.all')}</MenuChoice>}
        {events.map((each) => (
          <MenuChoice key={each.id} value={`event ${each.id}`}>
            <bdi>{each.name}</bdi>
          </MenuChoice>
        ))}
        {allRouters.length > 0 && <MenuLine />}
        {allRouters.map((each) => (
          <MenuChoice key={each.id} value={`router ${each.id}`}>
            <span className="flex items-center gap-2">
              <span aria-hidden="true" className={`size-2 shrink-0 rounded-full ${dots[each.linkState]}`} />
              <bdi className="truncate">{each.name || t('router.unnamed')}</bdi>
              <span className="sr-only">{t(`link.${each.linkState}`)}</span>
            </span>
          </MenuChoice>
        ))}
      </MenuChoices>
    </Menu>
  );
}

function parse(value: string): Parameters<Scope['choose']>[0] {
  const [kind, id = ''] = value.split(' ');
  return kind === 'event' ? { event: id } : kind === 'router' ? { router: id } : 'all';
}
