import { bootstrapService } from '@weir/bootstrap';
import { SERVICE } from './service.definition';

void bootstrapService(SERVICE);
