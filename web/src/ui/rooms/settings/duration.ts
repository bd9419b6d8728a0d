/** A time as people say it, to the nearest second, minute or hour. */
import { useTranslation } from 'react-i18next';

export function useDuration(): (seconds: number) => string {
  const { t } = useTranslation();
  return (seconds) => {
    if (seconds < 100) return t('preferences.health.seconds', { value: Math.round(seconds) });
    if (seconds < 6000) return t('preferences.health.minutes', { value: Math.round(seconds / 60) });
    return t('preferences.health.hours', { value: Math.round(seconds / 3600) });
  };
}
