import '../../ui/base/tokens'
import './room'
