// What a category is called in the reader's language; one that only a newer server knows keeps its key.
// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

export function useCategoryTitle(): (name: string) => string {
  const { t } = useTranslation('categories');
  return useCallback((name: string) => t(name as 'mail', { defaultValue: name }), [t]);
}
